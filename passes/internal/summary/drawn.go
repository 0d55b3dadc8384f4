package summary

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Many programs make ids of letters that they draw: id[i] = alphabet[rand.Intn(len(alphabet))], string(id).

// drawn is an element of what is known under an index that is new on every call: which one it is depends on the index.
func (b *builder) drawn(v term.Ref, index ssa.Value) term.Ref {
	if _, known := index.(*ssa.Const); known || b.a.Open(v) {
		return v
	}
	i := b.value(index)
	if !b.isNew(i, 0) {
		return v
	}
	return b.a.Intern(term.Node{Op: term.Call, Text: "index", Args: []term.Ref{v, i}})
}

// isNew reports a value that is computed from one that is new on every call.
func (b *builder) isNew(r term.Ref, depth int) bool {
	n := b.a.Node(r)
	if r == term.None || depth > maxDrawn {
		return false
	}
	if n.Op == term.Alt {
		for k := 1; k < len(n.Args); k += 2 {
			if b.isNew(n.Args[k], depth+1) {
				return true
			}
		}
		return false
	}
	return n.Op == term.Call && n.M != 0 || slices.ContainsFunc(n.Args, func(x term.Ref) bool { return b.isNew(x, depth+1) })
}

// maxDrawn bounds how deep isNew looks: a random number is cut to size and converted before it is an index.
const maxDrawn = 10

// spelled makes the text of bytes or runes that were drawn of these letters; ok is false for any other conversion.
func (b *builder) spelled(i *ssa.Convert) (ok bool) {
	text, ok := i.Type().Underlying().(*types.Basic)
	if !ok || text.Info()&types.IsString == 0 {
		return false
	}
	if _, ok := i.X.Type().Underlying().(*types.Slice); !ok {
		return false
	}
	letter := b.a.Field(b.resolve(b.value(i.X)), term.AnyElem)
	if !b.isNew(letter, 0) {
		return false
	}
	b.values[i] = letter
	return true
}
