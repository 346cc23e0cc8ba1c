// Checks what a ledger published with the Go project's own packages for transparency logs.
//
//	go run proofs.go FOLDER
//
// FOLDER is as in proofs.py. Exits 0 when all of it holds, 1 when any of it does not, saying what.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(what string, err error) {
	if err != nil {
		fmt.Println(what, err)
		os.Exit(1)
	}
}

func read(name string) string {
	bytes, err := os.ReadFile(filepath.Join(os.Args[1], name))
	fail(name, err)
	return string(bytes)
}

func hashes(lines []string) []tlog.Hash {
	var read []tlog.Hash
	for _, line := range lines {
		bytes, err := base64.StdEncoding.DecodeString(line)
		fail("a hash", err)
		var hash tlog.Hash
		copy(hash[:], bytes)
		read = append(read, hash)
	}
	return read
}

func checkpoint(text string, verifier note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	fail("the checkpoint:", err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fail("the size:", err)
	return size, hashes(lines[2:3])[0]
}

func main() {
	verifier, err := note.NewVerifier(strings.TrimSpace(read("vkey")))
	fail("the key:", err)
	signed := read("checkpoint")
	size, root := checkpoint(signed, verifier)
	old, oldRoot := checkpoint(read("old-checkpoint"), verifier)

	head, proven, _ := strings.Cut(read("proof"), "\n\n")
	lines := strings.Split(head, "\n")
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	fail("the index:", err)
	entry := read(filepath.Join("entries", lines[1][len("index "):]))
	err = tlog.CheckRecord(tlog.RecordProof(hashes(lines[2:])), size, root, index, tlog.RecordHash([]byte(entry)))
	fail("the entry is not in the log:", err)

	head, continued, _ := strings.Cut(read("consistency"), "\n\n")
	lines = strings.Split(head, "\n")
	err = tlog.CheckTree(tlog.TreeProof(hashes(lines[1:])), size, root, old, oldRoot)
	fail("the log does not continue the old one:", err)
	if proven != signed || continued != signed {
		fmt.Println("a proof is of another checkpoint")
		os.Exit(1)
	}
	fmt.Printf("entry %d of %d, behind %d\n", index, size, old)
}
