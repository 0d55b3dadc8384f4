package decision

import (
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// CreateHanded is CreateOnce for a helper that takes the condition.
func CreateHanded(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	key, ok := AbsentKey(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	h, ok := write.HandedBy(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	d := src.Draft()
	g := &write.Guard{R: h.Request}
	g.Text = "attribute_not_exists(" + g.Name(key) + ")"
	if !h.Put(d, g) {
		return finding.Fix{}, false
	}
	return d.Fix(CreateTitle(key)+write.Refused(f), true)
}
