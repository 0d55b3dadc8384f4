package lock

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Writers of an entity that did not read it have no version to give: where they replace an item, a lock refuses them for
// ever. So a lock goes into a shared function only where all its callers are seen, and none of them does so.

// fits reports that what is stored has been read, here or by every caller of the function around the write, or is a new item.
func (l *lock) fits() bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](l.Site)
	if !ok {
		return false
	}
	v := l.value
	for range 3 { // a copy of a parameter is what callers hand on
		of := copyOf(l.Request.Site, v)
		if of == nil {
			break
		}
		v = of
	}
	return (l.Parameter(fn, v) >= 0 || !l.builtAnew(v)) && l.callersFit(l.Site, fn, v, map[*ast.FuncDecl]bool{}) && (l.pointer() || !l.writtenTwice())
}

// copyOf gives the variable whose value, or what it points to, is all that another one gets.
func copyOf(s *syntax.Site, v *types.Var) *types.Var {
	def := s.Definition(v)
	if def == nil {
		return nil
	}
	if star, ok := ast.Unparen(def).(*ast.StarExpr); ok {
		def = star.X
	}
	return s.Variable(def)
}

// builtAnew reports a variable that gets its value from a literal, or from a call which is not the read: its version is not
// that of the item.
func (l *lock) builtAnew(v *types.Var) bool {
	if l.here() || l.filledByRead(v) {
		return false
	}
	for _, a := range l.Assignments(v) {
		if lit := write.Literal(a.Value); lit != nil && len(lit.Elts) > 0 || write.IsCall(l.Request.Site, a.Value) && !l.reads(a.Value) {
			return true
		}
	}
	return false
}

// filledByRead reports a variable that a call which leads to the finding's read is given to fill.
func (l *lock) filledByRead(v *types.Var) bool {
	file := l.Src.Fset.Position(l.Pos).Filename
	return slices.ContainsFunc(l.f.Reads, func(a finding.Access) bool {
		return slices.ContainsFunc(a.Via, func(f finding.Frame) bool { return f.File == file && write.Filled(l.Request.Site, v, f.Line, 0) })
	})
}

// reads reports an expression that stands where the finding's read, or a call which leads to it, is.
func (l *lock) reads(e ast.Expr) bool {
	at := func(file string, line int) bool {
		return l.Src.Fset.Position(e.Pos()).Filename == file && write.OnLine(l.Request.Site, e, line)
	}
	return slices.ContainsFunc(l.f.Reads, func(a finding.Access) bool {
		return at(a.File, a.Line) || slices.ContainsFunc(a.Via, func(v finding.Frame) bool { return at(v.File, v.Line) })
	})
}

// callersFit follows a value to where it comes from, through the parameters that it is.
func (l *lock) callersFit(s *syntax.Site, fn *ast.FuncDecl, v *types.Var, seen map[*ast.FuncDecl]bool) bool {
	index := s.Parameter(fn, v)
	if index < 0 || seen[fn] {
		return true // it comes from this function, where it was read
	}
	seen[fn] = true
	if !l.Src.Whole && (fn.Name.IsExported() || l.behindInterface(s, fn)) {
		return false
	}
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	if f == nil || isValue(l.Src, s, fn) {
		return false
	}
	calls := calls(l.Src, f, index, l.entity)
	for _, c := range calls {
		if !l.argumentFits(c, c.Call.Args[index], seen) {
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
		return syntax.Shape(callee.Signature()) == syntax.Shape(f.Signature()) || (generic(callee) || generic(f)) && callee.Signature().Params().Len() == f.Signature().Params().Len()
	}
	return callee.Origin().FullName() == f.Origin().FullName()
}

// behindInterface reports a method whose type may stand behind an interface of another package.
func (l *lock) behindInterface(s *syntax.Site, fn *ast.FuncDecl) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	return f != nil && f.Signature().Recv() != nil && fn.Name.IsExported()
}

// calls finds the calls in the source of a function with the entity as an argument, those through interfaces included.
func calls(src *syntax.Source, fn *types.Func, index int, e *write.Entity) []syntax.Calling {
	var out []syntax.Calling
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || index >= len(call.Args) {
				return true
			}
			if callee := s.Callee(call); callee != nil && means(callee, fn) && e.Is(s.Info.TypeOf(call.Args[index])) {
				out = append(out, syntax.Calling{Site: s.Around(call), Call: call})
			}
			return true
		})
	}
	return out
}

func (l *lock) argumentFits(c syntax.Calling, arg ast.Expr, seen map[*ast.FuncDecl]bool) bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](c.Site)
	if !ok {
		return false
	}
	if write.Changes(c.Site, l.entity, l.version.Field) {
		return false // it sees to the version itself
	}
	if lit := write.Literal(arg); lit != nil {
		return l.creates(c.Site, fn, lit)
	}
	if l.transported(c.Site, arg, 0) {
		return false
	}
	v := c.Variable(arg)
	if v == nil {
		return l.callFits(c.Site, fn, arg) // or a field
	}
	if c.Parameter(fn, v) >= 0 {
		return l.callersFit(c.Site, fn, v, seen)
	}
	if filledUnseen(c, v) && !newKey(c.Site, v) {
		return false
	}
	return !slices.ContainsFunc(c.Assignments(v), func(a syntax.Assigned) bool {
		if a.Stmt != nil && c.Exclusive(a.Stmt, c.Call) {
			return false
		}
		lit := write.Literal(a.Value)
		return lit != nil && len(lit.Elts) > 0 && !l.creates(c.Site, fn, lit) || !l.callFits(c.Site, fn, a.Value)
	})
}

// callFits reports that a call does not give an item which was made of a request, to be put over one that is there, nor one of
// which only some attributes were read.
func (l *lock) callFits(s *syntax.Site, caller *ast.FuncDecl, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return true
	}
	for _, of := range write.Implementations(l.Src, s.Callee(call)) {
		fn, _ := syntax.Enclosing[*ast.FuncDecl](of)
		if fn == nil || !l.gives(of, fn) {
			continue
		}
		if projects(of) {
			return false
		}
		lit := madeLiteral(of, fn)
		if lit != nil && !asks(of, 0) && !filledLater(of.Around(lit), lit) && !Creating.MatchString(caller.Name.Name) && !l.creates(of, fn, lit) && selected(of, lit, l.isRecord) == nil {
			return false
		}
	}
	return true
}

// asks reports a function that makes a request, or calls one which does: what it gives was read.
func asks(s *syntax.Site, depth int) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			_, request := dynamo.ByInput(s.Info.TypeOf(n))
			found = found || request
		case *ast.CallExpr:
			if depth < 3 && !found && syntax.CalledName(n) != nil {
				found = slices.ContainsFunc(write.Implementations(s.Src, s.Callee(n)), func(of *syntax.Site) bool { return asks(of, depth+1) })
			}
		}
		return !found
	})
	return found
}

// filledLater reports a literal in a variable that something is given to fill, as the SDK's decoder is.
func filledLater(s *syntax.Site, lit *ast.CompositeLit) bool {
	v := (&write.Request{Site: s}).Holder(lit)
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && v != nil && slices.ContainsFunc(call.Args, func(a ast.Expr) bool {
			return s.Variable(a) == v && write.FillsIn(s.Info.TypeOf(a))
		})
		return !found
	})
	return found
}

// gives reports a function whose first result is the entity.
func (l *lock) gives(s *syntax.Site, fn *ast.FuncDecl) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	return f != nil && f.Signature().Results().Len() > 0 && l.entity.Is(f.Signature().Results().At(0).Type())
}

// isRecord reports a struct with tags for the SDK's encoder: what is made of one was read.
func (l *lock) isRecord(t types.Type) bool {
	e, ok := write.EntityOf(l.Src, t)
	return ok && write.Tagged(e.Typ)
}

// newKey reports a variable of which a field gets something fresh.
func newKey(s *syntax.Site, v *types.Var) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, left := range as.Lhs {
			sel, ok := ast.Unparen(left).(*ast.SelectorExpr)
			found = found || ok && s.Variable(sel.X) == v && isFresh(s, as.Rhs[i])
		}
		return !found
	})
	return found
}

// writtenTwice reports a caller that hands one and the same value to the write again, with the version that it had before.
func (l *lock) writtenTwice() bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](l.Site)
	if !ok {
		return false
	}
	index := l.Parameter(fn, l.value)
	f, _ := l.Info.Defs[fn.Name].(*types.Func)
	if index < 0 || f == nil {
		return false
	}
	seen := map[*types.Var]*ast.CallExpr{}
	for _, c := range calls(l.Src, f, index, l.entity) {
		v := c.Variable(c.Call.Args[index])
		if v == nil {
			continue
		}
		if before := seen[v]; before != nil && !c.Exclusive(before, c.Call) || c.Repeated(v.Pos()) {
			return true
		}
		seen[v] = c.Call
	}
	return false
}

// generic reports a method of a generic type.
func generic(f *types.Func) bool {
	recv := f.Signature().Recv()
	return f.Origin() != f || recv != nil && f.Signature().RecvTypeParams().Len() > 0
}

// Creating matches functions that make items.
var Creating = regexp.MustCompile(`(?i)^_?(handle|post|do|try|must)?_?(create|new|add|insert|register|sign_?up|import|seed|start|open|init|submit|post|begin|issue|place|book|join|ensure|setup|invite|upload|enqueue|schedule|send|log|record|track|make|generate|provision|request)`)

// fresh matches functions whose results are new.
var freshCall = regexp.MustCompile(`(?i)(uuid|ulid|ksuid|xid|nanoid|newid|new_?id|genid|generate|random|newstring|nowunixnano)`)

// creates reports that a literal of the entity is a new item rather than a replacement of one that may be there.
func (l *lock) creates(s *syntax.Site, fn *ast.FuncDecl, lit *ast.CompositeLit) bool {
	if l.carries && selected(s, lit, l.entity.Is) != nil {
		return true // the version comes along
	}
	if l.mustExist() {
		return false
	}
	fresh := false
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		fresh = fresh || isFresh(s, kv.Value) && l.identifies(kv.Key)
	}
	return fresh || Creating.MatchString(fn.Name.Name) && !l.keptIn(s, lit)
}

// identifies reports a field that an item is told by: one that the finding's read asks for, or one with the name of a key. A new
// password makes no new item.
func (l *lock) identifies(field ast.Expr) bool {
	id, ok := field.(*ast.Ident)
	if !ok {
		return false
	}
	for i := range l.entity.Typ.NumFields() {
		if l.entity.Typ.Field(i).Name() != id.Name {
			continue
		}
		attr := l.Dialect.StoredName(l.entity.Typ, i)
		if slices.ContainsFunc(l.f.Reads, func(a finding.Access) bool { return slices.Contains(a.Key, attr) }) {
			return true
		}
	}
	return keyName.MatchString(id.Name) || identifier.MatchString(id.Name)
}

var identifier = regexp.MustCompile(`(?i)(id|key|code|slug|number|ref)$`)

// keptIn reports a literal with something of another entity: what is made again keeps that of the item which it replaces.
func (l *lock) keptIn(s *syntax.Site, lit *ast.CompositeLit) bool {
	found := false
	of := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && l.entity.Is(s.Info.TypeOf(sel.X)) {
				_, field := s.Info.ObjectOf(sel.Sel).(*types.Var)
				found = found || field
			}
			return !found
		})
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		of(kv.Value)
		if v := s.Variable(kv.Value); v != nil {
			for _, a := range s.Assignments(v) {
				of(a.Value)
			}
		}
	}
	return found
}

// mustExist reports a write that is for items which are there.
func (l *lock) mustExist() bool {
	kv := write.Field(l.Lit, dynamo.ConditionExpression)
	if kv == nil {
		return false
	}
	text, ok := write.StringOf(l.Request.Site, kv.Value)
	return !ok || existsCondition.MatchString(text)
}

var existsCondition = regexp.MustCompile(`(?i)attribute_exists`)
