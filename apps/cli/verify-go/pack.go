package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The fields stand in the order of their names, so that writing it again gives the same bytes: no byte of it says nothing.
type manifest struct {
	Events int64             `json:"events"`
	Files  map[string]string `json:"files"`
	Origin string            `json:"origin"`
	Pack   string            `json:"pack"`
	Period string            `json:"period"`
	Root   string            `json:"root"`
	Size   int64             `json:"size"`
	Tenant string            `json:"tenant"`
}

var month = regexp.MustCompile(`^\d{4}-(?:0[1-9]|1[0-2])$`)

// The hash of every file, the signature, and that each event leads through the tiles to the root that was signed. What the plans and
// the books say of the events is for `tributary verify`, and for hledger and bean-check.
func checkPack(folder string, verifier note.Verifier) error {
	said, err := readManifest(folder)
	if err != nil {
		return err
	}
	if err := checkFiles(folder, said); err != nil {
		return err
	}
	signed, err := openFile(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return err
	}
	if said.Origin != verifier.Name() || said.Size != signed.size || said.Root != signed.root.String() {
		return errors.New("the manifest names another checkpoint")
	}
	if err := checkMonth(folder, said); err != nil {
		return err
	}
	fmt.Printf("checkpoint: signed by %s, %d events, root %s\n", verifier.Name(), signed.size, signed.root)
	seen, err := checkEvents(folder, said, signed)
	if err != nil {
		return err
	}
	if seen.count != said.Events {
		return fmt.Errorf("the manifest says %d events, %d are there", said.Events, seen.count)
	}
	if seen.count == 0 {
		return fmt.Errorf("events.ndjson holds no event of %s: nothing is proved by it", said.Tenant)
	}
	for _, entity := range seen.certified {
		if name := "books/" + entity + "/certificate.json"; said.Files[name] == "" {
			return fmt.Errorf("%s is missing", name)
		}
	}
	fmt.Printf("pack: %d files, each of %d events of %s leads to the root\n", len(said.Files), seen.count, said.Tenant)
	for _, entity := range seen.closed {
		if !slices.Contains(seen.certified, entity) {
			return fmt.Errorf("%w: %s of %s was closed, its certificate is missing", errIncomplete, said.Period, entity)
		}
	}
	return nil
}

func readManifest(folder string) (manifest, error) {
	var said manifest
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		return said, err
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return said, fmt.Errorf("the manifest is no JSON: %w", err)
	}
	var again bytes.Buffer
	encoder := json.NewEncoder(&again)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(said); err != nil {
		return said, err
	}
	if said.Pack != "tributary-pack@1" || !month.MatchString(said.Period) || said.Tenant == "" || !bytes.Equal(again.Bytes(), text) {
		return said, errors.New("the manifest is not as a pack has it")
	}
	return said, nil
}

func checkFiles(folder string, said manifest) error {
	there := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if name == "manifest.json" {
			return nil
		}
		there++
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		hash := sha256.Sum256(content)
		if said.Files[name] != hex.EncodeToString(hash[:]) {
			return fmt.Errorf("%s is not as it was packed", name)
		}
		return nil
	})
	for _, name := range []string{"checkpoint", "log.vkey", "events.ndjson", "engines.json"} {
		if err == nil && said.Files[name] == "" {
			err = fmt.Errorf("%s is missing", name)
		}
	}
	if err == nil && there != len(said.Files) {
		err = fmt.Errorf("%d files were packed, %d are there", len(said.Files), there)
	}
	return err
}

// Each trial balance says of which month it is.
func checkMonth(folder string, said manifest) error {
	for name := range said.Files {
		if !strings.HasSuffix(name, "/trial-balance.json") {
			continue
		}
		var balance struct {
			Period string `json:"period"`
		}
		text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, &balance); err != nil {
			return err
		}
		if balance.Period != said.Period {
			return fmt.Errorf("%s is of %s, the pack of %s", name, balance.Period, said.Period)
		}
	}
	return nil
}

// What was seen of the events, one by one.
type seen struct {
	count     int64
	index     int64
	revisions map[string]int64
	// Entities whose month it is, by what their stream says of it.
	closed    []string
	certified []string
}

func checkEvents(folder string, said manifest, signed tree) (*seen, error) {
	opened, err := os.Open(filepath.Join(folder, "events.ndjson"))
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	hashes := tlog.TileHashReader(tlog.Tree{N: signed.size, Hash: signed.root}, tiles(folder))
	lines := bufio.NewReaderSize(opened, 1<<20)
	header, err := lines.ReadBytes('\n')
	if err != nil {
		return nil, errors.New("the events have no header")
	}
	if string(header) != fmt.Sprintf("{\"archive\":\"tributary-log@1\",\"tenant\":%q}\n", said.Tenant) {
		return nil, fmt.Errorf("events.ndjson is not of tenant %s", said.Tenant)
	}
	so := &seen{index: -1, revisions: map[string]int64{}}
	var waiting []placed
	for {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil, errors.New("the footer is missing: the events were cut off")
		}
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(text, []byte(`{"events":`)) {
			if err := so.checkEnd(text, lines); err != nil {
				return nil, err
			}
			return so, checkPlaces(waiting, hashes)
		}
		leaf, err := so.take(text, said)
		if err != nil {
			return nil, err
		}
		waiting = append(waiting, leaf)
		if len(waiting) < 4096 {
			continue
		}
		if err := checkPlaces(waiting, hashes); err != nil {
			return nil, err
		}
		waiting = waiting[:0]
	}
}

// As many as were written, and nothing behind them.
func (so *seen) checkEnd(text []byte, lines *bufio.Reader) error {
	var footer struct {
		Events int64 `json:"events"`
	}
	if err := json.Unmarshal(text, &footer); err != nil {
		return err
	}
	if footer.Events != so.count {
		return fmt.Errorf("%d events were written, %d are there", footer.Events, so.count)
	}
	if _, err := lines.ReadByte(); err != io.EOF {
		return errors.New("something follows the footer")
	}
	return nil
}

type placed struct {
	index int64
	hash  tlog.Hash
}

// Behind the one before, in the log and in its stream: whatever was left out or given twice shows there.
func (so *seen) take(text []byte, said manifest) (placed, error) {
	var event line
	if err := json.Unmarshal(text, &event); err != nil {
		return placed{}, err
	}
	leaf, err := leafOf(event)
	if err != nil {
		return placed{}, err
	}
	var named struct {
		Stream   string `json:"stream"`
		Revision string `json:"revision"`
	}
	if err := json.Unmarshal(leaf, &named); err != nil {
		return placed{}, err
	}
	_, rest, _ := strings.Cut(named.Stream, "-")
	if !strings.HasPrefix(rest, said.Tenant+".") {
		return placed{}, fmt.Errorf("leaf %d is of another tenant", event.Index)
	}
	if event.Index <= so.index {
		return placed{}, fmt.Errorf("leaf %d follows leaf %d", event.Index, so.index)
	}
	if expected := so.revisions[named.Stream]; named.Revision != strconv.FormatInt(expected, 10) {
		return placed{}, fmt.Errorf("leaf %d is revision %s of %s, %d was expected", event.Index, named.Revision, named.Stream, expected)
	}
	so.revisions[named.Stream]++
	so.index = event.Index
	so.count++
	return placed{event.Index, tlog.RecordHash(leaf)}, so.note(event, named.Stream, said)
}

// Whether the month of an entity was closed and certified, which its own stream says.
func (so *seen) note(event line, stream string, said manifest) error {
	of, found := strings.CutPrefix(stream, "period-"+said.Tenant+".")
	entity, isMonth := strings.CutSuffix(of, "."+strings.ReplaceAll(said.Period, "-", ""))
	if !found || !isMonth {
		return nil
	}
	var content struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal([]byte(event.Content), &content); err != nil {
		return err
	}
	switch content.Type {
	case "PeriodClosed":
		so.closed = append(so.closed, entity)
	case "PeriodCertified":
		so.certified = append(so.certified, entity)
	}
	return nil
}

// The reader follows each tile to the root before it answers.
func checkPlaces(leaves []placed, hashes tlog.HashReader) error {
	wanted := make([]int64, len(leaves))
	for i, leaf := range leaves {
		wanted[i] = tlog.StoredHashIndex(0, leaf.index)
	}
	found, err := hashes.ReadHashes(wanted)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		if found[i] != leaf.hash {
			return fmt.Errorf("leaf %d is not the one that was sealed", leaf.index)
		}
	}
	return nil
}

type tiles string

func (tiles) Height() int { return 8 }

func (folder tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(wanted))
	for i, tile := range wanted {
		// The same names, but that ours say nothing of the height.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, err := os.ReadFile(filepath.Join(string(folder), filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		read[i] = content
	}
	return read, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
