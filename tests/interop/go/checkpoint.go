package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner verifies C2SP tlog-cosignature v1, which package note leaves to its users.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }

func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(c.key, append([]byte(head), text...), sig[8:])
}

func newCosigner(vkey string) (cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return cosigner{}, errors.New("verifier key of a witness: not three parts")
	}
	data, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(data) != 33 || data[0] != 4 {
		return cosigner{}, errors.New("verifier key of a witness: not of kind 4")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	hash := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return cosigner{}, errors.New("verifier key of a witness: another key id")
	}
	return cosigner{parts[0], hash, data[1:]}, nil
}

// policy is a tlog-policy with one log and one group of witnesses.
type policy struct {
	log       note.Verifier
	witnesses map[string]cosigner
	group     []string
	need      int
}

func (p *policy) line(words []string) (err error) {
	switch words[0] {
	case "log":
		p.log, err = note.NewVerifier(words[1])
	case "witness":
		p.witnesses[words[1]], err = newCosigner(words[2])
	case "group":
		p.group = words[3:]
		switch words[2] {
		case "all":
			p.need = len(p.group)
		case "any":
			p.need = 1
		default:
			p.need, err = strconv.Atoi(words[2])
		}
	}
	return err
}

func readPolicy(text string) (*policy, error) {
	p := &policy{witnesses: map[string]cosigner{}}
	for _, line := range strings.Split(text, "\n") {
		if words := strings.Fields(line); len(words) > 1 {
			if err := p.line(words); err != nil {
				return nil, err
			}
		}
	}
	if p.log == nil || p.need == 0 {
		return nil, errors.New("a policy without a log or a group")
	}
	return p, nil
}

func (p *policy) verifiers() note.Verifiers {
	list := []note.Verifier{p.log}
	for _, witness := range p.witnesses {
		list = append(list, witness)
	}
	return note.VerifierList(list...)
}

func signed(opened *note.Note, by note.Verifier) bool {
	for _, sig := range opened.Sigs {
		if sig.Name == by.Name() && sig.Hash == by.KeyHash() {
			return true
		}
	}
	return false
}

var size = regexp.MustCompile(`^(0|[1-9][0-9]{0,18})$`)

func parseTree(text string) (tree tlog.Tree, origin string, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" || !size.MatchString(lines[1]) {
		return tree, "", false
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tree, "", false
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: n, Hash: hash}, lines[0], err == nil
}

// open gives the tree of a checkpoint that the policy accepts, or the reason why not. What it says comes before who
// signed it, in the order of docs/ledger-format.md.
func (p *policy) open(checkpoint string) (tlog.Tree, string) {
	opened, err := note.Open([]byte(checkpoint), p.verifiers())
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	if errors.As(err, &unverified) {
		opened = unverified.Note
	} else if err != nil && !errors.As(err, &invalid) {
		return tlog.Tree{}, "checkpoint_malformed"
	}
	tree, origin, ok := parseTree(checkpoint[:strings.LastIndex(checkpoint, "\n\n")+1])
	switch {
	case !ok:
		return tree, "checkpoint_malformed"
	case origin != p.log.Name():
		return tree, "checkpoint_unknown_log"
	case invalid != nil:
		return tree, "checkpoint_signature_invalid"
	case !signed(opened, p.log):
		return tree, "checkpoint_unknown_log"
	case tree.N == 0 && tree.Hash != sha256.Sum256(nil):
		return tree, "checkpoint_empty_root_wrong"
	case p.count(opened) < p.need:
		return tree, "quorum_not_met"
	}
	return tree, "good"
}

// count says how many of the group have signed.
func (p *policy) count(opened *note.Note) int {
	count := 0
	for _, name := range p.group {
		if witness, known := p.witnesses[name]; known && signed(opened, witness) {
			count++
		}
	}
	return count
}
