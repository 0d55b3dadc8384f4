package summary

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// everyUse reports whether ok holds for each use of the values, and for each use of the values that ok follows.
func everyUse(values []ssa.Value, ok func(use ssa.Instruction, of ssa.Value, follow func(ssa.Value)) bool) bool {
	queue, seen := slices.Clone(values), map[ssa.Value]bool{}
	follow := func(v ssa.Value) { queue = append(queue, v) }
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		if seen[v] || v.Referrers() == nil {
			continue
		}
		seen[v] = true
		for _, use := range *v.Referrers() {
			if !ok(use, v, follow) {
				return false
			}
		}
	}
	return true
}
