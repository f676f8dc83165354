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
	count, err := checkEvents(folder, said.Tenant, signed)
	if err != nil {
		return err
	}
	if count != said.Events {
		return fmt.Errorf("the manifest says %d events, %d are there", said.Events, count)
	}
	fmt.Printf("pack: %d files, each of %d events of %s leads to the root\n", len(said.Files), count, said.Tenant)
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
	if said.Pack != "tributary-pack@1" || !bytes.Equal(again.Bytes(), text) {
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

func checkEvents(folder, tenant string, signed tree) (int64, error) {
	opened, err := os.Open(filepath.Join(folder, "events.ndjson"))
	if err != nil {
		return 0, err
	}
	defer opened.Close()
	hashes := tlog.TileHashReader(tlog.Tree{N: signed.size, Hash: signed.root}, tiles(folder))
	lines := bufio.NewReaderSize(opened, 1<<20)
	if _, err := lines.ReadBytes('\n'); err != nil {
		return 0, errors.New("the events have no header")
	}
	var waiting []placed
	for count := int64(0); ; count++ {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return 0, errors.New("the footer is missing: the events were cut off")
		}
		if err != nil {
			return 0, err
		}
		if bytes.HasPrefix(text, []byte(`{"events":`)) {
			return count, checkPlaces(waiting, hashes)
		}
		leaf, err := placedLeaf(text, tenant)
		if err != nil {
			return 0, err
		}
		waiting = append(waiting, leaf)
		if len(waiting) < 4096 {
			continue
		}
		if err := checkPlaces(waiting, hashes); err != nil {
			return 0, err
		}
		waiting = waiting[:0]
	}
}

type placed struct {
	index int64
	hash  tlog.Hash
}

func placedLeaf(text []byte, tenant string) (placed, error) {
	var event line
	if err := json.Unmarshal(text, &event); err != nil {
		return placed{}, err
	}
	leaf, err := leafOf(event)
	if err != nil {
		return placed{}, err
	}
	var named leafText
	if err := json.Unmarshal(leaf, &named); err != nil {
		return placed{}, err
	}
	_, rest, _ := strings.Cut(named.Stream, "-")
	if !strings.HasPrefix(rest, tenant+".") {
		return placed{}, fmt.Errorf("leaf %d is of another tenant", event.Index)
	}
	return placed{event.Index, tlog.RecordHash(leaf)}, nil
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
