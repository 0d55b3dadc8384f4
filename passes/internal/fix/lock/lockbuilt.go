package lock

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Built is a lock in a function that makes the put of a transaction, for others to send: there the item is made of what
// was read, and the version is at hand.
func Built(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if write.Action(f.Writes[0].Op) != dynamo.Put || len(f.Reads) != 1 {
		return finding.Fix{}, false
	}
	var found []finding.Fix
	for _, b := range builtPuts(src, f) {
		for _, lock := range []func(*write.Request, *finding.Finding) (finding.Fix, bool){lockCopy, mergeOn} {
			if x, ok := lock(b.Request, b.f); ok {
				found = append(found, x)
				break
			}
		}
	}
	if len(found) != 1 {
		return finding.Fix{}, false
	}
	return found[0], true
}

// A builtPut is the literal of a put in a function that makes it, with the finding as it looks from there.
type builtPut struct {
	*write.Request
	f *finding.Finding
}

// builtPuts lists the puts in the functions that give a finding's function parts of its transaction.
func builtPuts(src *syntax.Source, f *finding.Finding) (out []builtPut) {
	s, ok := src.At(finding.Pos{File: f.Writes[0].File, Line: f.Writes[0].Line, Col: f.Writes[0].Col})
	if !ok {
		return nil
	}
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !givesActions(s.Info.TypeOf(call)) {
			return true
		}
		made := write.Implementations(src, s.Callee(call))
		if len(made) == 1 {
			out = append(out, puts(made[0], f, src.Fset.Position(call.Lparen).Line)...)
		}
		return true
	})
	return out
}

// givesActions reports the results of a function that makes actions of transactions.
func givesActions(t types.Type) bool {
	if list, ok := t.(*types.Tuple); ok {
		for v := range list.Variables() {
			if givesActions(v.Type()) {
				return true
			}
		}
		return false
	}
	if t == nil {
		return false
	}
	if list, ok := t.Underlying().(*types.Slice); ok {
		t = list.Elem()
	}
	_, action := dynamo.ActionType(t)
	return action || write.IsTransactItem(t)
}

// puts lists the puts that a function makes; line is that of its call, through which the read may have gone.
func puts(s *syntax.Site, f *finding.Finding, line int) (out []builtPut) {
	inside := *f
	inside.Reads = append([]finding.Access(nil), f.Reads...)
	if via := f.Reads[0].Via; len(via) > 0 && via[0].Line == line {
		inside.Reads[0].Via = via[1:]
	}
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if k, ok := dynamo.ActionType(s.Info.TypeOf(lit)); !ok || k != dynamo.Put {
			return true
		}
		at := s.Around(lit)
		r := &write.Request{Site: at, Of: at, Lit: lit, Input: lit, Call: &ast.CallExpr{Fun: lit, Lparen: lit.Lbrace, Rparen: lit.Rbrace}}
		if r.Dialect, ok = dynamo.DialectOf(s.Info.TypeOf(lit)); ok {
			out = append(out, builtPut{r, &inside})
		}
		return true
	})
	return out
}

// lockCopy is a lock on a copy that the function has made of what it was given.
func lockCopy(r *write.Request, f *finding.Finding) (finding.Fix, bool) {
	l := &lock{Request: r, d: r.Src.Draft(), f: f}
	if !l.stored() || !l.hand && !l.read() || l.version.Added || l.pointer() || !l.alone() || l.Demanded(l.version.Attr) {
		return finding.Fix{}, false
	}
	from := l.copied()
	fn, ok := syntax.Enclosing[*ast.FuncDecl](l.Site)
	if from == nil || !ok || l.Parameter(fn, from) < 0 || !l.callersFit(l.Site, fn, from, map[*ast.FuncDecl]bool{}) || !l.write() {
		return finding.Fix{}, false
	}
	note, ok := l.others(l.entity, l.version)
	if !ok {
		return finding.Fix{}, false
	}
	counter := l.value.Name() + "." + l.version.Field
	return l.d.Fix("put the item only if its "+l.version.Attr+" is still the one that was read, and count it on ("+counter+")"+note+write.Refused(f), true)
}

// copied gives the variable that the stored one is a copy of.
func (l *lock) copied() *types.Var {
	def := l.Definition(l.value)
	if def == nil {
		return nil
	}
	star, ok := ast.Unparen(def).(*ast.StarExpr)
	if !ok {
		return nil
	}
	return l.Variable(star.X)
}
