package fix

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// Writers of an entity that did not read it have no version to give: where they replace an item, a lock refuses them for
// ever. So a lock goes into a shared function only where all its callers are seen, and none of them does so.

// fits reports that what is stored has been read, here or by every caller of the function around the write, or is a new item.
func (l *lock) fits() bool {
	fn, ok := enclosing[*ast.FuncDecl](l.site)
	if !ok {
		return false
	}
	v := l.value
	for range 3 { // a copy of a parameter is what callers hand on
		of := l.copyOf(v)
		if of == nil {
			break
		}
		v = of
	}
	return (l.parameter(fn, v) >= 0 || !l.builtAnew(v)) && l.callersFit(l.site, fn, v, map[*ast.FuncDecl]bool{}) && (l.pointer() || !l.writtenTwice())
}

// copyOf gives the variable whose value, or what it points to, is all that another one gets.
func (s *site) copyOf(v *types.Var) *types.Var {
	def := s.definition(v)
	if def == nil {
		return nil
	}
	if star, ok := ast.Unparen(def).(*ast.StarExpr); ok {
		def = star.X
	}
	return s.variable(def)
}

// builtAnew reports a variable that gets its value from a literal, or from a call which is not the read: its version is not
// that of the item.
func (l *lock) builtAnew(v *types.Var) bool {
	if l.here() || l.filledByRead(v) {
		return false
	}
	for _, a := range l.assignments(v) {
		if lit := literal(a.value); lit != nil && len(lit.Elts) > 0 || l.isCall(a.value) && !l.reads(a.value) {
			return true
		}
	}
	return false
}

// filledByRead reports a variable that a call which leads to the finding's read is given to fill.
func (l *lock) filledByRead(v *types.Var) bool {
	file := l.src.Fset.Position(l.pos).Filename
	return slices.ContainsFunc(l.f.Reads, func(a finding.Access) bool {
		return slices.ContainsFunc(a.Via, func(f finding.Frame) bool { return f.File == file && l.filled(v, f.Line, 0) })
	})
}

// reads reports an expression that stands where the finding's read, or a call which leads to it, is.
func (l *lock) reads(e ast.Expr) bool {
	at := func(file string, line int) bool {
		return l.src.Fset.Position(e.Pos()).Filename == file && l.onLine(e, line)
	}
	return slices.ContainsFunc(l.f.Reads, func(a finding.Access) bool {
		return at(a.File, a.Line) || slices.ContainsFunc(a.Via, func(v finding.Frame) bool { return at(v.File, v.Line) })
	})
}

// callersFit follows a value to where it comes from, through the parameters that it is.
func (l *lock) callersFit(s *site, fn *ast.FuncDecl, v *types.Var, seen map[*ast.FuncDecl]bool) bool {
	index := s.parameter(fn, v)
	if index < 0 || seen[fn] {
		return true // it comes from this function, where it was read
	}
	seen[fn] = true
	if !l.src.Whole && (fn.Name.IsExported() || l.behindInterface(s, fn)) {
		return false
	}
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	if f == nil || l.src.isValue(s, fn) {
		return false
	}
	calls := l.src.calls(f, index, l.entity)
	for _, c := range calls {
		if !l.argumentFits(c, c.call.Args[index], seen) {
			return false
		}
	}
	return true
}

// means reports a function that is called for another one: itself, or a method of an interface that it may stand behind.
func means(callee, f *types.Func) bool {
	if callee.Name() != f.Name() {
		return false
	}
	recv, own := callee.Signature().Recv(), f.Signature().Recv()
	if recv != nil && own != nil && types.IsInterface(recv.Type()) {
		return shape(callee.Signature()) == shape(f.Signature()) || (generic(callee) || generic(f)) && callee.Signature().Params().Len() == f.Signature().Params().Len()
	}
	return callee.Origin().FullName() == f.Origin().FullName()
}

// parameter gives the place of a variable among the parameters of a function; -1 when it is none. The receiver counts
// as one that callers do not choose.
func (s *site) parameter(fn *ast.FuncDecl, v *types.Var) int {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	if f == nil {
		return -1
	}
	sig := f.Signature()
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v {
			return i
		}
	}
	return -1
}

// behindInterface reports a method whose type may stand behind an interface of another package.
func (l *lock) behindInterface(s *site, fn *ast.FuncDecl) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	return f != nil && f.Signature().Recv() != nil && fn.Name.IsExported()
}

// A calling is a call at its place.
type calling struct {
	*site
	call *ast.CallExpr
}

// calls finds the calls in the source of a function with the entity as an argument, those through interfaces included.
func (src *Source) calls(fn *types.Func, index int, e *entity) []calling {
	var out []calling
	for _, pkg := range src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || index >= len(call.Args) {
					return true
				}
				if callee := s.callee(call); callee != nil && means(callee, fn) && e.is(pkg.Info.TypeOf(call.Args[index])) {
					out = append(out, calling{site: s.around(call), call: call})
				}
				return true
			})
		}
	}
	return out
}

func (l *lock) argumentFits(c calling, arg ast.Expr, seen map[*ast.FuncDecl]bool) bool {
	fn, ok := enclosing[*ast.FuncDecl](c.site)
	if !ok {
		return false
	}
	if c.changes(l.entity, l.version.field) {
		return false // it sees to the version itself
	}
	if lit := literal(arg); lit != nil {
		return l.creates(c.site, fn, lit)
	}
	v := c.variable(arg)
	if v == nil {
		return l.callFits(c.site, fn, arg) // or a field
	}
	if c.parameter(fn, v) >= 0 {
		return l.callersFit(c.site, fn, v, seen)
	}
	if c.filledUnseen(v) && !c.newKey(v) {
		return false
	}
	return !slices.ContainsFunc(c.assignments(v), func(a assigned) bool {
		if a.stmt != nil && c.exclusive(a.stmt, c.call) {
			return false
		}
		lit := literal(a.value)
		return lit != nil && len(lit.Elts) > 0 && !l.creates(c.site, fn, lit) || !l.callFits(c.site, fn, a.value)
	})
}

// callFits reports that a call does not give an item which was made of a request, to be put over one that is there, nor one of
// which only some attributes were read.
func (l *lock) callFits(s *site, caller *ast.FuncDecl, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return true
	}
	for _, of := range l.src.implementations(s.callee(call)) {
		fn, _ := enclosing[*ast.FuncDecl](of)
		if fn == nil || !l.gives(of, fn) {
			continue
		}
		if of.projects() {
			return false
		}
		lit := of.madeLiteral(fn)
		if lit != nil && !of.asks(0) && !of.around(lit).filledLater(lit) && !creating.MatchString(caller.Name.Name) && !l.creates(of, fn, lit) && of.selected(lit, l.isRecord) == nil {
			return false
		}
	}
	return true
}

// asks reports a function that makes a request, or calls one which does: what it gives was read.
func (s *site) asks(depth int) bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			_, request := dynamo.ByInput(s.Info.TypeOf(n))
			found = found || request
		case *ast.CallExpr:
			if depth < 3 && !found && calledName(n) != nil {
				found = slices.ContainsFunc(s.src.implementations(s.callee(n)), func(of *site) bool { return of.asks(depth + 1) })
			}
		}
		return !found
	})
	return found
}

// filledLater reports a literal in a variable that something is given to fill, as the SDK's decoder is.
func (s *site) filledLater(lit *ast.CompositeLit) bool {
	v := (&request{site: s}).holder(lit)
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && v != nil && slices.ContainsFunc(call.Args, func(a ast.Expr) bool {
			return s.variable(a) == v && fillsIn(s.Info.TypeOf(a))
		})
		return !found
	})
	return found
}

// gives reports a function whose first result is the entity.
func (l *lock) gives(s *site, fn *ast.FuncDecl) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	return f != nil && f.Signature().Results().Len() > 0 && l.entity.is(f.Signature().Results().At(0).Type())
}

// isRecord reports a struct with tags for the SDK's encoder: what is made of one was read.
func (l *lock) isRecord(t types.Type) bool {
	e, ok := l.src.entity(t)
	return ok && tagged(e.typ)
}

// newKey reports a variable of which a field gets something fresh.
func (s *site) newKey(v *types.Var) bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, left := range as.Lhs {
			sel, ok := ast.Unparen(left).(*ast.SelectorExpr)
			found = found || ok && s.variable(sel.X) == v && s.isFresh(as.Rhs[i])
		}
		return !found
	})
	return found
}

// writtenTwice reports a caller that hands one and the same value to the write again, with the version that it had before.
func (l *lock) writtenTwice() bool {
	fn, ok := enclosing[*ast.FuncDecl](l.site)
	if !ok {
		return false
	}
	index := l.parameter(fn, l.value)
	f, _ := l.Info.Defs[fn.Name].(*types.Func)
	if index < 0 || f == nil {
		return false
	}
	seen := map[*types.Var]*ast.CallExpr{}
	for _, c := range l.src.calls(f, index, l.entity) {
		v := c.variable(c.call.Args[index])
		if v == nil {
			continue
		}
		if before := seen[v]; before != nil && !c.exclusive(before, c.call) || c.repeated(v.Pos()) {
			return true
		}
		seen[v] = c.call
	}
	return false
}

// generic reports a method of a generic type.
func generic(f *types.Func) bool {
	recv := f.Signature().Recv()
	return f.Origin() != f || recv != nil && f.Signature().RecvTypeParams().Len() > 0
}

// creating matches functions that make items.
var creating = regexp.MustCompile(`(?i)^_?(handle|post|do|try|must)?_?(create|new|add|insert|register|sign_?up|import|seed|start|open|init|submit|post|begin|issue|place|book|join|ensure|setup|invite|upload|enqueue|schedule|send|log|record|track|make|generate|provision|request)`)

// fresh matches functions whose results are new.
var freshCall = regexp.MustCompile(`(?i)(uuid|ulid|ksuid|xid|nanoid|newid|new_?id|genid|generate|random|newstring|nowunixnano)`)

// creates reports that a literal of the entity is a new item rather than a replacement of one that may be there.
func (l *lock) creates(s *site, fn *ast.FuncDecl, lit *ast.CompositeLit) bool {
	if l.carries && s.selected(lit, l.entity.is) != nil {
		return true // the version comes along
	}
	if l.mustExist() {
		return false
	}
	if creating.MatchString(fn.Name.Name) {
		return true
	}
	fresh := false
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		fresh = fresh || s.isFresh(kv.Value)
	}
	return fresh
}

// mustExist reports a write that is for items which are there.
func (l *lock) mustExist() bool {
	kv := field(l.lit, dynamo.ConditionExpression)
	if kv == nil {
		return false
	}
	text, ok := l.stringOf(kv.Value)
	return !ok || existsCondition.MatchString(text)
}

var existsCondition = regexp.MustCompile(`(?i)attribute_exists`)
