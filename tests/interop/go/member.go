package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
)

const commandType = "application/vnd.handprint.command.v1+json"

type signature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"`
}

type envelope struct {
	Payload     string      `json:"payload"`
	PayloadType string      `json:"payloadType"`
	Signatures  []signature `json:"signatures"`
}

// enrol makes a new member, so that the log grows by an entry; returns its index.
func enrol(url, origin string) (int64, error) {
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return 0, err
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return 0, err
	}
	// A map's keys are sorted, which is all that these values need to be canonical.
	body, err := json.Marshal(map[string]any{
		"actor": "new", "command": hex.EncodeToString(id), "kind": "enrol_member", "log": origin,
		"args": map[string]any{"key": base64.StdEncoding.EncodeToString(public), "languages": []string{"sw"}},
	})
	if err != nil {
		return 0, err
	}
	pae := fmt.Sprintf("DSSEv1 %d %s %d %s", len(commandType), commandType, len(body), body)
	hint := sha256.Sum256(public)
	sig := base64.StdEncoding.EncodeToString(ed25519.Sign(secret, []byte(pae)))
	request, err := json.Marshal(map[string]any{"envelope": envelope{
		base64.StdEncoding.EncodeToString(body), commandType, []signature{{hex.EncodeToString(hint[:8]), sig}},
	}})
	if err != nil {
		return 0, err
	}
	answer, err := http.Post(url+"/v1/commands", "application/json", bytes.NewReader(request))
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("enrolment: %s", answer.Status)
	}
	var accepted struct {
		Index int64 `json:"index"`
	}
	return accepted.Index, json.NewDecoder(answer.Body).Decode(&accepted)
}
