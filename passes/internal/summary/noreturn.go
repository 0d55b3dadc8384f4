package summary

import (
	"strings"

	"golang.org/x/tools/go/ssa"
)

// go/ssa can end paths by itself (ssa.Program.SetNoReturn with ctrlflow.Analyzer's answers), but ctrlflow learns of package
// log by analysing it, and of every other package, which a unit of ddbvet does not: it skips what cannot reach DynamoDB.

// maxExitDepth is how many calls deep a function that ends the program is looked for.
const maxExitDepth = 3

// exits remembers which functions of one package end the program, by how many calls deep they were asked for.
type exits map[exitAt]bool

type exitAt struct {
	fn    *ssa.Function
	depth int
}

// block reports a block behind which nothing happens, since it calls a function that does not return: os.Exit, the Fatal
// functions of package log, and those that always call one of these.
func (x exits) block(b *ssa.BasicBlock, depth int) bool {
	for _, i := range b.Instrs {
		call, ok := i.(*ssa.Call)
		if !ok {
			continue
		}
		if call.Call.IsInvoke() {
			if fatal(call.Call.Method.Name()) {
				return true
			}
			continue
		}
		if fn := call.Call.StaticCallee(); fn != nil && x.function(fn, depth+1) {
			return true
		}
	}
	return false
}

// fatal reports the name under which loggers end the program.
func fatal(name string) bool {
	switch name {
	case "Fatal", "Fatalf", "Fatalln", "Fatalw":
		return true
	}
	return false
}

// function reports a function that does not return.
func (x exits) function(fn *ssa.Function, depth int) bool {
	if fn.Signature.Results().Len() > 0 {
		return false
	}
	if fn.Pkg != nil {
		switch path := fn.Pkg.Pkg.Path(); {
		case path == "os" && fn.Name() == "Exit", path == "runtime" && fn.Name() == "Goexit":
			return true
		case path == "log":
			return fatal(fn.Name()) || strings.HasPrefix(fn.Name(), "Panic")
		}
	}
	if len(fn.Blocks) == 0 {
		return fatal(fn.Name())
	}
	if depth > maxExitDepth {
		return false
	}
	at := exitAt{fn, depth}
	ends, known := x[at]
	if !known {
		ends = !x.returns(fn, depth)
		x[at] = ends
	}
	return ends
}

// returns reports whether some way through a function ends at a return.
func (x exits) returns(fn *ssa.Function, depth int) bool {
	seen := map[*ssa.BasicBlock]bool{}
	stack := []*ssa.BasicBlock{fn.Blocks[0]}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		if x.block(b, depth) {
			continue
		}
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			return true
		}
		stack = append(stack, b.Succs...)
	}
	return false
}
