package write

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A Held value is what a read has found for an attribute, where the function that writes has it in a variable.
type Held struct {
	// Code is an expression for it where the write is made, typ its type.
	Code string
	Typ  types.Type
	// Variable is what holds it, field its field there; nil for a variable that is the value itself.
	Variable *types.Var
	Field    *types.Var
	// Nullable is set for a variable that is a pointer.
	Nullable bool
	// ByHand is set for a field that the program fills from an item itself.
	ByHand bool
	// EmptyIsNull is set for a string that is stored as NULL where it is empty.
	EmptyIsNull bool
}

// Held finds the value that a read has found for an attribute.
func (r *Request) Held(read finding.Access, attr string) (Held, bool) {
	at := finding.Pos{File: read.File, Line: read.Line}
	if len(read.Via) > 0 {
		at = finding.Pos{File: read.Via[0].File, Line: read.Via[0].Line}
	}
	if p := r.Src.Fset.Position(r.Pos); p.Filename != at.File {
		return Held{}, false
	}
	var found []Held
	for _, v := range r.Variables(r.Call.Pos()) {
		if !ComesFrom(r.Site, v, at.Line, 0) {
			continue
		}
		if h, ok := r.AttributeOf(v, attr); ok {
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
	if len(found) != 1 || r.changedWhereRead(read, found[0]) {
		return Held{}, false
	}
	return found[0], true
}

// originals leaves out variables that are copies of others, or point to them.
func (r *Request) originals(all []Held) (found []Held) {
	for _, h := range all {
		copied := slices.ContainsFunc(r.Assignments(h.Variable), func(a syntax.Assigned) bool {
			of := element(r.Site, a.Value)
			return slices.ContainsFunc(all, func(o Held) bool { return o.Variable != h.Variable && o.Variable == of })
		})
		if !copied {
			found = append(found, h)
		}
	}
	return found
}

// ofCall leaves the variables that the call is given something of, as its key: of two items that the read has found it
// writes that one.
func (r *Request) ofCall(all []Held) (found []Held) {
	for _, h := range all {
		if r.Mentions(r.Call, h.Variable) {
			found = append(found, h)
		}
	}
	return found
}

// copies finds variables that get the attribute out of what was read, and nothing else but constants.
func (r *Request) copies(line int, attr string) (found []Held) {
	for _, v := range r.Variables(r.Call.Pos()) {
		if _, ok := v.Type().Underlying().(*types.Basic); !ok {
			continue
		}
		value := r.OnlyValue(v)
		if value == nil {
			continue
		}
		sel, ok := ast.Unparen(value).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		of := r.Variable(sel.X)
		if of == nil || !ComesFrom(r.Site, of, line, 0) {
			continue
		}
		if h, ok := r.AttributeOf(of, attr); ok && h.Field != nil && h.Field.Name() == sel.Sel.Name && r.Changed(h) == nil {
			found = append(found, Held{Code: v.Name(), Typ: v.Type(), Variable: v})
		}
	}
	return found
}

// AttributeOf gives the field of a variable's struct that holds an attribute.
func (r *Request) AttributeOf(v *types.Var, attr string) (Held, bool) {
	t := v.Type()
	p, pointer := t.Underlying().(*types.Pointer)
	if pointer {
		t = p.Elem()
	}
	if _, ok := t.Underlying().(*types.Basic); ok && !pointer && r.Returns(v, attr) {
		return Held{Code: v.Name(), Typ: t, Variable: v}, true
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || dynamo.OwnEncoding(t) {
		return Held{}, false
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		if r.Dialect.StoredName(st, i) == attr && (f.Exported() || f.Pkg() == r.Types) {
			h := Held{Code: v.Name() + "." + f.Name(), Typ: f.Type(), Variable: v, Field: f, Nullable: pointer, EmptyIsNull: r.Dialect.EmptyIsNull(st, i)}
			return h, r.Dialect.StoredPlain(st, i)
		}
	}
	if e, ok := EntityOf(r.Src, v.Type()); ok { // its tags may be for something else
		for f := range st.Fields() {
			code := f.Name()
			if !f.Exported() && f.Pkg() != r.Types {
				code = e.getter(f) + "()"
			}
			if code != "()" && FilledFrom(r.Src, e, f.Name(), r.Dialect) == attr {
				return Held{Code: v.Name() + "." + code, Typ: f.Type(), Variable: v, Field: f, Nullable: pointer, ByHand: true}, true
			}
		}
	}
	return Held{}, false
}

// Returns reports a variable that gets an attribute from a function which returns just that.
func (r *Request) Returns(v *types.Var, attr string) bool {
	all := r.Assignments(v)
	if len(all) != 1 {
		return false
	}
	call, ok := ast.Unparen(all[0].Value).(*ast.CallExpr)
	if !ok {
		return false
	}
	s, fn := r.Src.Declared(r.Callee(call))
	return fn != nil && Gives(s, fn, all[0].Result, attr, r.Dialect)
}

// Gives reports a function of which a result is an attribute, or a constant.
func Gives(s *syntax.Site, fn *ast.FuncDecl, result int, attr string, d dynamo.Dialect) bool {
	if fn.Body == nil {
		return false
	}
	found := false
	return EveryResult(s, fn, result, func(at *syntax.Site, e ast.Expr) bool {
		if AttributeFrom(at, e, d) == attr {
			found = true
			return true
		}
		return at.Info.Types[e].Value != nil
	}) && found
}

// EveryResult reports that one of the results of a function is written out at each of its returns, and fits there.
func EveryResult(s *syntax.Site, fn *ast.FuncDecl, result int, fits func(at *syntax.Site, e ast.Expr) bool) bool {
	ok := true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if _, closure := n.(*ast.FuncLit); closure || !ok {
			return false
		}
		if ret, is := n.(*ast.ReturnStmt); is {
			at := s.Around(ret)
			e := Returned(at, ret, fn, result)
			ok = e != nil && fits(at, e)
		}
		return ok
	})
	return ok
}

// Returned gives one of the results of a return statement; nil where it is not written out.
func Returned(s *syntax.Site, ret *ast.ReturnStmt, fn *ast.FuncDecl, result int) ast.Expr {
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

// ComesFrom reports a variable that holds what the call on a line has read: its result, what it has filled, what was
// decoded from that, or an element of it. It must not hold anything else.
func ComesFrom(s *syntax.Site, v *types.Var, line, depth int) bool {
	if depth > 4 || s.CountsOn(v) {
		return false
	}
	from, other := false, false
	for _, a := range s.Assignments(v) {
		if len(LiteralElements(s, a.Value)) == 0 && Literal(a.Value) != nil || IsMake(s, a.Value) {
			continue // var c T, c := T{} or make(T): to be filled
		}
		switch {
		case OnLine(s, a.Value, line) && IsCall(s, a.Value):
			from = true
		case element(s, a.Value) != nil && ComesFrom(s, element(s, a.Value), line, depth+1):
			from = true
		case gathers(s, v, a.Value, line, depth):
			from = true
		case readAgain(s, v, a, line): // what it holds is newer, and of the same item
		default:
			other = true
		}
	}
	if other {
		return false
	}
	return from || Filled(s, v, line, depth) || byKey(s, v, line, depth)
}

// gathers reports v = append(v, x), where x holds what the call on a line has read.
func gathers(s *syntax.Site, v *types.Var, e ast.Expr, line, depth int) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || !syntax.Named(call.Fun, "append") || len(call.Args) != 2 || call.Ellipsis.IsValid() || s.Variable(call.Args[0]) != v {
		return false
	}
	x := s.Variable(call.Args[1])
	return x != nil && ComesFrom(s, x, line, depth+1)
}

// readAgain reports an assignment by the very call that stands on a line: the same function with the same arguments.
func readAgain(s *syntax.Site, v *types.Var, again syntax.Assigned, line int) bool {
	return IsCall(s, again.Value) && slices.ContainsFunc(s.Assignments(v), func(a syntax.Assigned) bool {
		return a.Stmt != again.Stmt && a.Result == again.Result && OnLine(s, a.Value, line) && IsCall(s, a.Value) && s.Text(a.Value) == s.Text(again.Value)
	})
}

// LiteralElements are the elements of a literal.
func LiteralElements(s *syntax.Site, e ast.Expr) []ast.Expr {
	if lit := Literal(e); lit != nil {
		return lit.Elts
	}
	return nil
}

// IsCall reports a call, as opposed to a conversion.
func IsCall(s *syntax.Site, e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok
}

// OnLine reports an expression that stands on a line, or of which a call does.
func OnLine(s *syntax.Site, e ast.Expr, line int) bool {
	from, to := s.Src.Fset.Position(e.Pos()).Line, s.Src.Fset.Position(e.End()).Line
	return from <= line && line <= to
}

// element gives the list that an expression is an element of, or the variable that it dereferences or ranges over.
func element(s *syntax.Site, e ast.Expr) *types.Var {
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return s.Variable(x.X)
	case *ast.UnaryExpr:
		if i, ok := ast.Unparen(x.X).(*ast.IndexExpr); ok && x.Op == token.AND {
			return s.Variable(i.X)
		}
	}
	return s.Variable(e)
}

// Filled reports a variable whose address is given to the call on a line, or to a decoder of what that call returned.
func Filled(s *syntax.Site, v *types.Var, line, depth int) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		given := false
		for _, arg := range call.Args {
			given = given || s.Variable(arg) == v && FillsIn(s.Info.TypeOf(arg))
		}
		if !given {
			return true
		}
		if s.Src.Fset.Position(call.Lparen).Line == line {
			found = true
			return false
		}
		if _, ok := dynamo.Decodes(s.Callee(call)); ok {
			if out := OutputOf(s, call.Args[0]); out != nil && ComesFrom(s, out, line, depth+1) {
				found = true
			}
		}
		return !found
	})
	return found
}

// FillsIn reports a type into which a function can write.
func FillsIn(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// OutputOf gives the variable in out.Item, out.Items[0] and the like.
func OutputOf(s *syntax.Site, e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		default:
			return s.Variable(e)
		}
	}
}

// Changed finds the first statement in which a held value may be changed before the write; nil when none is.
func (r *Request) Changed(h Held) (first ast.Node) {
	if h.Field == nil {
		return nil // it is assigned once
	}
	note := func(n ast.Node) {
		if n.Pos() < r.Call.Pos() && (first == nil || n.Pos() < first.Pos()) {
			first = n
		}
	}
	ast.Inspect(r.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if r.Sets(l, h) {
					note(n)
				}
			}
		case *ast.IncDecStmt:
			if r.Sets(n.X, h) {
				note(n)
			}
		case *ast.CallExpr:
			if r.MayChange(n, h) {
				note(n)
			}
		}
		return true
	})
	return first
}

// Sets reports an assignment to the held field, or to something in it.
func (r *Request) Sets(l ast.Expr, h Held) bool {
	for {
		switch x := ast.Unparen(l).(type) {
		case *ast.SelectorExpr:
			if x.Sel.Name == h.Field.Name() && r.Variable(x.X) == h.Variable {
				return true
			}
			l = x.X
		case *ast.IndexExpr:
			l = x.X
		case *ast.StarExpr:
			return r.Variable(x.X) == h.Variable
		default:
			return false
		}
	}
}

// MayChange reports a call that is given the variable to change: by its address, as a pointer, or as its method's
// receiver. What fills it with what was read does not count.
func (r *Request) MayChange(call *ast.CallExpr, h Held) bool {
	if _, ok := dynamo.Decodes(r.Callee(call)); ok {
		return false
	}
	if _, ok := dynamo.Encodes(r.Callee(call)); ok {
		return false
	}
	for _, arg := range call.Args {
		if r.Variable(arg) == h.Variable && FillsIn(r.Info.TypeOf(arg)) {
			return true
		}
		if at, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && at.Op == token.AND && r.Sets(at.X, h) {
			return true // the address of the field
		}
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || r.Variable(sel.X) != h.Variable {
		return false
	}
	f := r.Callee(call)
	return f != nil && f.Signature().Recv() != nil && FillsIn(f.Signature().Recv().Type())
}
