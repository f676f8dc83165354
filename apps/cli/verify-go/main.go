// Checks what Tributary signs and exports with Go's own packages and nothing of ours: signed notes, the tree, and proofs.
//
//	verify-go -key <public key or file> -checkpoint <file> [-archive <file>] [-since <file>]
//	verify-go -key <public key or file> -proof <file> -leaf <file>
//	verify-go -key <public key or file> -pack <dir>
//
// Exit codes: 0 intact, 1 broken, 2 wrong options, 4 intact as far as could be looked, but something is missing.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	key := flag.String("key", "", "public key of the log, or a file with it")
	checkpoint := flag.String("checkpoint", "", "signed checkpoint")
	since := flag.String("since", "", "an earlier checkpoint of the same log")
	archive := flag.String("archive", "", "what tributary export wrote, not packed")
	proof := flag.String("proof", "", "a .tlog-proof file")
	leaf := flag.String("leaf", "", "the leaf that the proof is about")
	pack := flag.String("pack", "", "what tributary pack wrote")
	flag.Parse()
	asked := 0
	for _, one := range []string{*checkpoint, *proof, *pack} {
		if one != "" {
			asked++
		}
	}
	if *key == "" || asked != 1 {
		flag.Usage()
		os.Exit(2)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(textOr(*key)))
	if err != nil {
		fail(err)
	}
	switch {
	case *proof != "":
		err = checkProof(*proof, *leaf, verifier)
	case *pack != "":
		err = checkPack(*pack, verifier)
	default:
		err = checkLog(*checkpoint, *since, *archive, verifier)
	}
	if errors.Is(err, errIncomplete) {
		fmt.Fprintln(os.Stderr, "OPEN:", err)
		os.Exit(4)
	}
	if err != nil {
		fail(err)
	}
}

// Nothing is wrong, but not everything that was asked about is there.
var errIncomplete = errors.New("not all of it is there")

type tree struct {
	size int64
	root tlog.Hash
}

// The first line is the origin, whatever it says: tlog.ParseTree knows one log only.
func open(signed []byte, verifier note.Verifier) (tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tree{}, errors.New("the checkpoint is not of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tree{size, root}, err
}

func openFile(file string, verifier note.Verifier) (tree, error) {
	signed, err := os.ReadFile(file)
	if err != nil {
		return tree{}, err
	}
	return open(signed, verifier)
}

func checkLog(checkpoint, since, archive string, verifier note.Verifier) error {
	signed, err := openFile(checkpoint, verifier)
	if err != nil {
		return err
	}
	fmt.Printf("checkpoint: signed by %s, %d events, root %s\n", verifier.Name(), signed.size, signed.root)
	if archive == "" {
		return nil
	}
	hashes, size, err := readArchive(archive)
	if err != nil {
		return err
	}
	if err := sameRoot(signed, hashes, size); err != nil {
		return err
	}
	fmt.Printf("archive: %d events, the same root\n", size)
	if since == "" {
		return nil
	}
	earlier, err := openFile(since, verifier)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(signed.size, earlier.size, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, signed.size, signed.root, earlier.size, earlier.root); err != nil {
		return fmt.Errorf("the log does not begin with the earlier checkpoint: %w", err)
	}
	fmt.Printf("since: begins with the %d events of the earlier checkpoint\n", earlier.size)
	return nil
}

func sameRoot(signed tree, hashes tlog.HashReader, size int64) error {
	if size < signed.size {
		return fmt.Errorf("%d events were signed, %d are there", signed.size, size)
	}
	root, err := tlog.TreeHash(signed.size, hashes)
	if err != nil {
		return err
	}
	if root != signed.root {
		return fmt.Errorf("the events have root %s, signed was %s", root, signed.root)
	}
	return nil
}

type line struct {
	Index   int64  `json:"index"`
	Leaf    string `json:"leaf"`
	Content string `json:"content"`
}

type leafText struct {
	ContentHash string `json:"contentHash"`
	Stream      string `json:"stream"`
}

// Every event is hashed as its text stands there: no canonical JSON of our own comes between.
func readArchive(file string) (tlog.HashReader, int64, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer opened.Close()
	lines := bufio.NewReaderSize(opened, 1<<20)
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	if _, err := lines.ReadBytes('\n'); err != nil {
		return nil, 0, errors.New("the archive has no header")
	}
	for size := int64(0); ; size++ {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil, 0, errors.New("the footer is missing: the archive was cut off")
		}
		if err != nil {
			return nil, 0, err
		}
		if bytes.HasPrefix(text, []byte(`{"events":`)) {
			return reader, size, nil
		}
		leaf, err := checkedLeaf(text, size)
		if err != nil {
			return nil, 0, err
		}
		more, err := tlog.StoredHashes(size, leaf, reader)
		if err != nil {
			return nil, 0, err
		}
		stored = append(stored, more...)
	}
}

func checkedLeaf(text []byte, index int64) ([]byte, error) {
	var event line
	if err := json.Unmarshal(text, &event); err != nil {
		return nil, err
	}
	if event.Index != index {
		return nil, fmt.Errorf("leaf %d is missing", index)
	}
	return leafOf(event)
}

// What stands in the leaf as the hash of the content is the hash of the content.
func leafOf(event line) ([]byte, error) {
	var leaf leafText
	if err := json.Unmarshal([]byte(event.Leaf), &leaf); err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(event.Content))
	if hex.EncodeToString(hash[:]) != leaf.ContentHash {
		return nil, fmt.Errorf("leaf %d: its content is not the one that was hashed", event.Index)
	}
	return []byte(event.Leaf), nil
}

func checkProof(file, leafFile string, verifier note.Verifier) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	leaf, err := os.ReadFile(leafFile)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("this is no .tlog-proof file")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, encoded := range lines[2:] {
		hash, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(hash) != tlog.HashSize {
			return errors.New("a hash of the proof is malformed")
		}
		proof = append(proof, tlog.Hash(hash))
	}
	checkpoint, err := open([]byte(signed), verifier)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, checkpoint.size, checkpoint.root, index, tlog.RecordHash(leaf)); err != nil {
		return err
	}
	fmt.Printf("proof: the leaf is event %d of the %d that %s has signed\n", index, checkpoint.size, verifier.Name())
	return nil
}

func textOr(given string) string {
	if text, err := os.ReadFile(given); err == nil {
		return string(text)
	}
	return given
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "BROKEN:", err)
	os.Exit(1)
}
