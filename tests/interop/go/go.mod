module handprint.example/interop

go 1.25.0

// TileHashReader of older versions (v0.36 is one) lets some changed tiles pass; main.go would notice.
require golang.org/x/mod v0.40.0
