package summary

import (
	"go/types"

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
	if !b.isNew(i) {
		return v
	}
	return b.a.Intern(term.Node{Op: term.Call, Text: "index", Args: []term.Ref{v, i}})
}

// isNew reports a value that is computed, in not too many steps, from one that is new on every call.
func (b *builder) isNew(r term.Ref) bool { return b.steps(r) <= maxDrawn }

// maxDrawn bounds the steps from what is new: a random number is cut to size and converted before it is an index.
const maxDrawn = 10

// steps is how far a value is from the nearest one in it that is new on every call; more than maxDrawn where it has none.
// It is remembered, since terms share their parts.
func (b *builder) steps(r term.Ref) int {
	if r == term.None {
		return maxDrawn + 1
	}
	if n, known := b.stepsTo[r]; known {
		return n
	}
	n, nearest := b.a.Node(r), maxDrawn
	for k, x := range n.Args {
		if n.Op != term.Alt || k%2 == 1 { // what chose between values is in none of them
			nearest = min(nearest, b.steps(x))
		}
	}
	b.stepsTo[r] = nearest + 1
	if n.Op == term.Call && n.M != 0 {
		b.stepsTo[r] = 0
	}
	return b.stepsTo[r]
}

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
	if !b.isNew(letter) {
		return false
	}
	b.values[i] = letter
	return true
}
