package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// published reads a log of C2SP tlog-tiles as the tiles that package tlog knows: its paths name the height too.
type published struct {
	url   string
	spoil func(path string, data []byte)
	read  map[string]bool
}

func fetch(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func (p *published) Height() int { return tileHeight }

func (p *published) SaveTiles([]tlog.Tile, [][]byte) {}

func (p *published) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		data, err := fetch(p.url + "/" + path)
		if err != nil {
			return nil, err
		}
		if p.spoil != nil {
			p.spoil(path, data)
		}
		p.read[path] = true
		all = append(all, data)
	}
	return all, nil
}

// entries reads all entry bundles of a tree.
func (p *published) entries(count int64) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tlog.NewTiles(tileHeight, 0, count) {
		if tile.L != 0 {
			continue
		}
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", tileHeight), "tile/entries/", 1)
		data, err := fetch(p.url + "/" + path)
		if err != nil {
			return nil, err
		}
		for len(data) >= 2 {
			length := 2 + int(binary.BigEndian.Uint16(data))
			if len(data) < length {
				return nil, fmt.Errorf("%s is cut short", path)
			}
			all = append(all, data[2:length])
			data = data[length:]
		}
	}
	return all, nil
}
