package pin

import (
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Handed is Read for a helper that takes an expression builder.
func Handed(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	h, ok := write.HandedBy(src, f)
	if !ok || h.Builder == nil {
		return finding.Fix{}, false
	}
	attrs, ok := Pinnable(f.Needs)
	if !ok {
		return finding.Fix{}, false
	}
	b := &write.Builder{R: h.Request, Chain: h.Builder, Handed: true}
	if !b.Chained(h.Builder) {
		return finding.Fix{}, false
	}
	d := src.Draft()
	p := &Pins{Request: h.Request, D: d, Guard: &write.Guard{R: h.Request}, F: f}
	for _, n := range attrs {
		if !p.build(b, n) {
			return finding.Fix{}, false
		}
	}
	if !b.With(d, p.built) {
		return finding.Fix{}, false
	}
	return d.Fix(Title(attrs)+write.Refused(f), true)
}
