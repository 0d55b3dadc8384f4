package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A held value is what a read has found for an attribute, where the function that writes has it in a variable.
type held struct {
	// code is an expression for it where the write is made, typ its type.
	code string
	typ  types.Type
	// variable is what holds it, field its field there; nil for a variable that is the value itself.
	variable *types.Var
	field    *types.Var
	// nullable is set for a variable that is a pointer.
	nullable bool
	// byHand is set for a field that the program fills from an item itself.
	byHand bool
	// emptyIsNull is set for a string that is stored as NULL where it is empty.
	emptyIsNull bool
}

// held finds the value that a read has found for an attribute.
func (r *request) held(read finding.Access, attr string) (held, bool) {
	at := finding.Pos{File: read.File, Line: read.Line}
	if len(read.Via) > 0 {
		at = finding.Pos{File: read.Via[0].File, Line: read.Via[0].Line}
	}
	if p := r.src.Fset.Position(r.pos); p.Filename != at.File {
		return held{}, false
	}
	var found []held
	for _, v := range r.variables(r.call.Pos()) {
		if !r.comesFrom(v, at.Line, 0) {
			continue
		}
		if h, ok := r.attributeOf(v, attr); ok {
			found = append(found, h)
		}
	}
	if len(found) == 0 {
		found = r.copies(at.Line, attr)
	}
	if len(found) > 1 {
		found = r.originals(found)
	}
	if len(found) > 1 {
		found = r.ofCall(found)
	}
	if len(found) != 1 {
		return held{}, false
	}
	return found[0], true
}

// originals leaves out variables that are copies of others, or point to them.
func (r *request) originals(all []held) (found []held) {
	for _, h := range all {
		copied := slices.ContainsFunc(r.assignments(h.variable), func(a assigned) bool {
			of := r.element(a.value)
			return slices.ContainsFunc(all, func(o held) bool { return o.variable != h.variable && o.variable == of })
		})
		if !copied {
			found = append(found, h)
		}
	}
	return found
}

// ofCall leaves the variables that the call is given something of, as its key: of two items that the read has found it
// writes that one.
func (r *request) ofCall(all []held) (found []held) {
	for _, h := range all {
		if r.mentions(r.call, h.variable) {
			found = append(found, h)
		}
	}
	return found
}

// copies finds variables that get the attribute out of what was read, and nothing else but constants.
func (r *request) copies(line int, attr string) (found []held) {
	for _, v := range r.variables(r.call.Pos()) {
		if _, ok := v.Type().Underlying().(*types.Basic); !ok {
			continue
		}
		value := r.onlyValue(v)
		if value == nil {
			continue
		}
		sel, ok := ast.Unparen(value).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		of := r.variable(sel.X)
		if of == nil || !r.comesFrom(of, line, 0) {
			continue
		}
		if h, ok := r.attributeOf(of, attr); ok && h.field != nil && h.field.Name() == sel.Sel.Name && r.changed(h) == nil {
			found = append(found, held{code: v.Name(), typ: v.Type(), variable: v})
		}
	}
	return found
}

// attributeOf gives the field of a variable's struct that holds an attribute.
func (r *request) attributeOf(v *types.Var, attr string) (held, bool) {
	t := v.Type()
	p, pointer := t.Underlying().(*types.Pointer)
	if pointer {
		t = p.Elem()
	}
	if _, ok := t.Underlying().(*types.Basic); ok && !pointer && r.returns(v, attr) {
		return held{code: v.Name(), typ: t, variable: v}, true
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || dynamo.OwnEncoding(t) {
		return held{}, false
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		if r.dialect.StoredName(st, i) == attr && (f.Exported() || f.Pkg() == r.Types) {
			h := held{code: v.Name() + "." + f.Name(), typ: f.Type(), variable: v, field: f, nullable: pointer, emptyIsNull: r.dialect.EmptyIsNull(st, i)}
			return h, r.dialect.StoredPlain(st, i)
		}
	}
	if e, ok := r.src.entity(v.Type()); ok { // its tags may be for something else
		for f := range st.Fields() {
			code := f.Name()
			if !f.Exported() && f.Pkg() != r.Types {
				code = e.getter(f) + "()"
			}
			if code != "()" && r.src.filledFrom(e, f.Name(), r.dialect) == attr {
				return held{code: v.Name() + "." + code, typ: f.Type(), variable: v, field: f, nullable: pointer, byHand: true}, true
			}
		}
	}
	return held{}, false
}

// returns reports a variable that gets an attribute from a function which returns just that.
func (r *request) returns(v *types.Var, attr string) bool {
	all := r.assignments(v)
	if len(all) != 1 {
		return false
	}
	call, ok := ast.Unparen(all[0].value).(*ast.CallExpr)
	if !ok {
		return false
	}
	s, fn := r.src.declared(r.callee(call))
	return fn != nil && s.gives(fn, all[0].result, attr, r.dialect)
}

// gives reports a function of which a result is an attribute, or a constant.
func (s *site) gives(fn *ast.FuncDecl, result int, attr string, d dynamo.Dialect) bool {
	if fn.Body == nil {
		return false
	}
	found, other := false, false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			switch result := s.around(n).returned(n, fn, result); {
			case result == nil:
				other = true
			case s.around(n).attributeFrom(result, d) == attr:
				found = true
			case s.Info.Types[result].Value == nil:
				other = true
			}
		}
		return true
	})
	return found && !other
}

// returned gives one of the results of a return statement; nil where it is not written out.
func (s *site) returned(ret *ast.ReturnStmt, fn *ast.FuncDecl, result int) ast.Expr {
	if result < len(ret.Results) {
		return ret.Results[result]
	}
	if f, ok := s.Info.Defs[fn.Name].(*types.Func); len(ret.Results) > 0 || ok && result >= f.Signature().Results().Len() {
		// A call that is returned gives all results; strconv's are the value and an error.
		return nil
	}
	i := 0
	for _, list := range fn.Type.Results.List {
		for _, id := range list.Names {
			if i == result {
				return id
			}
			i++
		}
	}
	return nil
}

// comesFrom reports a variable that holds what the call on a line has read: its result, what it has filled, what was
// decoded from that, or an element of it. It must not hold anything else.
func (s *site) comesFrom(v *types.Var, line, depth int) bool {
	if depth > 4 {
		return false
	}
	from, other := false, false
	for _, a := range s.assignments(v) {
		if len(s.literalElements(a.value)) == 0 && literal(a.value) != nil {
			continue // var c T, or c := T{}: to be filled
		}
		switch {
		case s.onLine(a.value, line) && s.isCall(a.value):
			from = true
		case s.element(a.value) != nil && s.comesFrom(s.element(a.value), line, depth+1):
			from = true
		case s.gathers(v, a.value, line, depth):
			from = true
		case s.readAgain(v, a, line): // what it holds is newer, and of the same item
		default:
			other = true
		}
	}
	if other {
		return false
	}
	return from || s.filled(v, line, depth)
}

// gathers reports v = append(v, x), where x holds what the call on a line has read.
func (s *site) gathers(v *types.Var, e ast.Expr, line, depth int) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || !named(call.Fun, "append") || len(call.Args) != 2 || call.Ellipsis.IsValid() || s.variable(call.Args[0]) != v {
		return false
	}
	x := s.variable(call.Args[1])
	return x != nil && s.comesFrom(x, line, depth+1)
}

// readAgain reports an assignment by the very call that stands on a line: the same function with the same arguments.
func (s *site) readAgain(v *types.Var, again assigned, line int) bool {
	return s.isCall(again.value) && slices.ContainsFunc(s.assignments(v), func(a assigned) bool {
		return a.stmt != again.stmt && a.result == again.result && s.onLine(a.value, line) && s.isCall(a.value) && s.text(a.value) == s.text(again.value)
	})
}

func (s *site) literalElements(e ast.Expr) []ast.Expr {
	if lit := literal(e); lit != nil {
		return lit.Elts
	}
	return nil
}

func (s *site) isCall(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok
}

// onLine reports an expression that stands on a line, or of which a call does.
func (s *site) onLine(e ast.Expr, line int) bool {
	from, to := s.src.Fset.Position(e.Pos()).Line, s.src.Fset.Position(e.End()).Line
	return from <= line && line <= to
}

// element gives the list that an expression is an element of, or the variable that it dereferences or ranges over.
func (s *site) element(e ast.Expr) *types.Var {
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return s.variable(x.X)
	case *ast.UnaryExpr:
		if i, ok := ast.Unparen(x.X).(*ast.IndexExpr); ok && x.Op == token.AND {
			return s.variable(i.X)
		}
	}
	return s.variable(e)
}

// filled reports a variable whose address is given to the call on a line, or to a decoder of what that call returned.
func (s *site) filled(v *types.Var, line, depth int) bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		given := false
		for _, arg := range call.Args {
			given = given || s.variable(arg) == v && fillsIn(s.Info.TypeOf(arg))
		}
		if !given {
			return true
		}
		if s.src.Fset.Position(call.Lparen).Line == line {
			found = true
			return false
		}
		if _, ok := dynamo.Decodes(s.callee(call)); ok {
			if out := s.outputOf(call.Args[0]); out != nil && s.comesFrom(out, line, depth+1) {
				found = true
			}
		}
		return !found
	})
	return found
}

func fillsIn(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// outputOf gives the variable in out.Item, out.Items[0] and the like.
func (s *site) outputOf(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		default:
			return s.variable(e)
		}
	}
}

// changed finds the first statement in which a held value may be changed before the write; nil when none is.
func (r *request) changed(h held) (first ast.Node) {
	if h.field == nil {
		return nil // it is assigned once
	}
	note := func(n ast.Node) {
		if n.Pos() < r.call.Pos() && (first == nil || n.Pos() < first.Pos()) {
			first = n
		}
	}
	ast.Inspect(r.outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if r.sets(l, h) {
					note(n)
				}
			}
		case *ast.IncDecStmt:
			if r.sets(n.X, h) {
				note(n)
			}
		case *ast.CallExpr:
			if r.mayChange(n, h) {
				note(n)
			}
		}
		return true
	})
	return first
}

// sets reports an assignment to the held field, or to something in it.
func (r *request) sets(l ast.Expr, h held) bool {
	for {
		switch x := ast.Unparen(l).(type) {
		case *ast.SelectorExpr:
			if x.Sel.Name == h.field.Name() && r.variable(x.X) == h.variable {
				return true
			}
			l = x.X
		case *ast.IndexExpr:
			l = x.X
		case *ast.StarExpr:
			return r.variable(x.X) == h.variable
		default:
			return false
		}
	}
}

// mayChange reports a call that is given the variable to change: by its address, as a pointer, or as its method's
// receiver. What fills it with what was read does not count.
func (r *request) mayChange(call *ast.CallExpr, h held) bool {
	if _, ok := dynamo.Decodes(r.callee(call)); ok {
		return false
	}
	if _, ok := dynamo.Encodes(r.callee(call)); ok {
		return false
	}
	for _, arg := range call.Args {
		if r.variable(arg) == h.variable && fillsIn(r.Info.TypeOf(arg)) {
			return true
		}
		if at, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && at.Op == token.AND && r.sets(at.X, h) {
			return true // the address of the field
		}
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || r.variable(sel.X) != h.variable {
		return false
	}
	f := r.callee(call)
	return f != nil && f.Signature().Recv() != nil && fillsIn(f.Signature().Recv().Type())
}
