package pin

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// CountedVersion gives the version that a write computes from the one that was read and stores: whoever else writes the item
// changes it as well, so that a pin of it alone holds all that was read with it. ok is false where the write depends on
// another read too.
func CountedVersion(needs []finding.Need) (finding.Need, bool) {
	at := slices.IndexFunc(needs, func(n finding.Need) bool {
		return n.What == "value" && n.Computed && n.Attr != "" && n.Attr == n.To && write.LockName.MatchString(n.Attr)
	})
	if at < 0 {
		return finding.Need{}, false
	}
	version := needs[at]
	for _, n := range needs {
		if n.Read != version.Read || n.What == "count" || n.What == "empty" {
			return finding.Need{}, false
		}
	}
	return version, true
}
