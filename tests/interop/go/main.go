// Checks a running node's log, and the checkpoints among the vectors, with the packages that Go itself uses for
// its checksum database. Ends with `N passed, N failed`.
//
//	interop VECTORS URL LOG_URL POLICY     (without the last three: only the vectors)
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const newMembers = 130 // enough entries for a full tile
const samples = 40

var passed, failed int

func check(ok bool, format string, arguments ...any) {
	if ok {
		passed++
		return
	}
	failed++
	fmt.Printf("FAILED "+format+"\n", arguments...)
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Printf("FAILED %v\n%d passed, %d failed\n", err, passed, failed+1)
		os.Exit(1)
	}
	return value
}

type mutation struct {
	Name, Expected, Policy string
	Patch                  []struct{ Path string }
}

// The checkpoints of the payslip vectors: each opens, or not for the reason that the vectors say.
func vectors(folder string) {
	read := func(name string) []byte { return must(os.ReadFile(filepath.Join(folder, name))) }
	usual := string(read("payslip_policy.txt"))
	for _, name := range must(filepath.Glob(filepath.Join(folder, "payslip_*.json"))) {
		var payslip struct{ Checkpoint string }
		if json.Unmarshal(read(filepath.Base(name)), &payslip) != nil || payslip.Checkpoint == "" {
			continue // not a payslip
		}
		tree, reason := must(readPolicy(usual)).open(payslip.Checkpoint)
		check(reason == "good" && tree.N > 0, "%s: %s", filepath.Base(name), reason)
	}
	var good struct{ Checkpoint string }
	must(0, json.Unmarshal(read("payslip_good.json"), &good))
	var raw []json.RawMessage
	must(0, json.Unmarshal(read("payslip_mutations.json"), &raw))
	for _, one := range raw {
		var m mutation
		var value struct{ Patch []struct{ Value any } }
		must(0, json.Unmarshal(one, &m))
		must(0, json.Unmarshal(one, &value))
		isNote := strings.HasPrefix(m.Expected, "checkpoint_") || m.Expected == "quorum_not_met"
		checkpoint, text := good.Checkpoint, usual
		if len(m.Patch) == 1 && m.Patch[0].Path == "/checkpoint" {
			checkpoint, _ = value.Patch[0].Value.(string)
		}
		if m.Policy != "" {
			text = m.Policy
		}
		if isNote {
			_, reason := must(readPolicy(text)).open(checkpoint)
			check(reason == m.Expected, "%s: %s, not %s", m.Name, reason, m.Expected)
		}
	}
	fmt.Printf("checkpoints of the vectors: %d passed\n", passed)
}

// The tree of the newest checkpoint that holds the entry.
func treeWith(p *policy, logURL string, index int64) tlog.Tree {
	var reason string
	for start := time.Now(); time.Since(start) < 30*time.Second; time.Sleep(100 * time.Millisecond) {
		var tree tlog.Tree
		tree, reason = p.open(string(must(fetch(logURL + "/checkpoint"))))
		if reason == "good" && tree.N > index {
			return tree
		}
	}
	return must(tlog.Tree{}, fmt.Errorf("no checkpoint holds entry %d (the last one: %s)", index, reason))
}

// The root from the tiles, and entries by inclusion proofs that are made from tiles.
func log(logURL string, tree tlog.Tree) {
	tiles := &published{url: logURL, read: map[string]bool{}}
	reader := tlog.TileHashReader(tree, tiles)
	root, err := tlog.TreeHash(tree.N, reader)
	check(err == nil && root == tree.Hash, "the root from the tiles: %v", err)
	entries := must(tiles.entries(tree.N))
	check(int64(len(entries)) == tree.N, "%d entries in bundles, not %d", len(entries), tree.N)
	for i := 0; i < samples; i++ {
		index := rand.Int63n(tree.N)
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		hash := tlog.RecordHash(entries[index])
		check(err == nil && tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash) == nil, "inclusion of entry %d", index)
		hash[0] ^= 1
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash) != nil, "another entry %d is refused", index)
	}
	hashes, err := readAll(tree, tiles)
	check(err == nil, "all tiles: %v", err)
	for index, hash := range hashes {
		if hash != tlog.RecordHash(entries[index]) {
			check(false, "the leaf of entry %d", index)
		}
	}
	for path := range tiles.read {
		path := path
		spoiled := &published{url: logURL, read: map[string]bool{}, spoil: func(at string, data []byte) {
			if at == path {
				data[0] ^= 1
			}
		}}
		_, err := readAll(tree, spoiled)
		check(err != nil, "a changed %s is refused", path)
	}
	fmt.Printf("%d entries, %d tiles\n", tree.N, len(tiles.read))
}

// Every leaf hash, each tile of them verified against the root.
func readAll(tree tlog.Tree, tiles tlog.TileReader) ([]tlog.Hash, error) {
	indexes := make([]int64, tree.N)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	return tlog.TileHashReader(tree, tiles).ReadHashes(indexes)
}

func running(url, logURL, policyFile string) {
	p := must(readPolicy(string(must(os.ReadFile(policyFile)))))
	older := treeWith(p, logURL, 0)
	log(logURL, older)
	var last int64
	for i := 0; i < newMembers; i++ {
		last = must(enrol(url, p.log.Name()))
	}
	newer := treeWith(p, logURL, last)
	log(logURL, newer)
	tiles := &published{url: logURL, read: map[string]bool{}}
	proof, err := tlog.ProveTree(newer.N, older.N, tlog.TileHashReader(newer, tiles))
	check(err == nil, "a consistency proof: %v", err)
	check(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash) == nil, "%d grew out of %d", newer.N, older.N)
	other := older.Hash
	other[0] ^= 1
	check(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, other) != nil, "%d did not grow out of another tree", newer.N)
}

func main() {
	vectors(os.Args[1])
	if len(os.Args) > 4 {
		running(os.Args[2], os.Args[3], os.Args[4])
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
