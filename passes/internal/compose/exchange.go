package compose

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/gob"
	"fmt"
	"io"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

// handoverVersion names the form of a hand-over. It changes with every change to the summary package's
// types; the gate refuses any other.
const handoverVersion = "ddbvet-handover/4 "

// Handover writes a package in the form in which its run hands it to the gate.
func Handover(p *summary.Package) (string, error) {
	data, err := encode(p)
	if err != nil {
		return "", err
	}
	return handoverVersion + base64.StdEncoding.EncodeToString(data), nil
}

// Takeover reads what Handover wrote; one of another version is an error.
func Takeover(text string) (*summary.Package, error) {
	rest, ok := strings.CutPrefix(text, handoverVersion)
	if !ok {
		head, _, _ := strings.Cut(text, " ")
		return nil, fmt.Errorf("hand-over of another version of ddbvet: %.40q, want %q", head, strings.TrimSpace(handoverVersion))
	}
	data, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return nil, fmt.Errorf("damaged hand-over: %v", err)
	}
	p := new(summary.Package)
	if err := decode(data, p); err != nil {
		return nil, fmt.Errorf("damaged hand-over: %v", err)
	}
	return p, nil
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := gob.NewEncoder(w).Encode(v); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func decode(data []byte, v any) error {
	r := flate.NewReader(bytes.NewReader(data))
	defer r.Close()
	if err := gob.NewDecoder(r).Decode(v); err != nil && err != io.EOF {
		return err
	}
	return nil
}
