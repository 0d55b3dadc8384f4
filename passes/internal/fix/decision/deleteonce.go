package decision

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/lock"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// DeleteOnce is for something that is done because an item is there, which is deleted as well: the delete demands that there is
// one, so that of two clients the second one ends there.
func DeleteOnce(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	meet, ok := src.At(f.Pos)
	if !ok || len(f.Reads) != 1 || f.Reads[0].Op != "GetItem" || len(f.Needs) == 0 ||
		slices.ContainsFunc(f.Needs, func(n finding.Need) bool { return n.What != "presence" }) {
		return finding.Fix{}, false
	}
	key := absentKeyName(src, f.Reads[0])
	o := &consumer{Site: meet, f: f}
	if key == "" || !o.read() || !o.deletes() {
		return finding.Fix{}, false
	}
	g, d := &write.Guard{R: o.request}, src.Draft()
	g.Text = "attribute_exists(" + g.Name(key) + ")"
	if !g.Put(d) {
		return finding.Fix{}, false
	}
	return d.Fix("delete the item only if it is there, before what is done once for it"+refusedBy(o.request), true)
}

// refusedBy names, for a title, what callers get when DynamoDB refuses a request.
func refusedBy(r *write.Request) string {
	if _, action := dynamo.ActionType(r.Info.TypeOf(r.Lit)); action {
		return "; callers must expect TransactionCanceled"
	}
	return "; callers must expect ConditionalCheckFailed"
}

// absentKeyName gives a key attribute of what is read.
func absentKeyName(src *syntax.Source, read finding.Access) string {
	if len(read.Key) > 0 {
		return read.Key[0]
	}
	return keyOf(src, read)
}

// A consumer is a function that looks whether an item is there, deletes it, and does something for that.
type consumer struct {
	*syntax.Site
	f *finding.Finding
	// key is the key that is read, in terms of the function, table where the table's name comes from; line is that of the
	// read's call.
	key, table string
	line       int
	// request is the delete.
	request *write.Request
}

// read finds the key of the read, as the function gives it.
func (o *consumer) read() bool {
	a := o.f.Reads[0]
	s, ok := o.Src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
	if !ok || len(a.Via) > 1 {
		return false
	}
	_, input := write.SdkCall(s)
	if input == nil {
		return false
	}
	lit, _ := write.InputLiteral(s, input)
	if lit == nil {
		return false
	}
	o.line = a.Line
	var call *ast.CallExpr
	if len(a.Via) == 1 {
		o.line = a.Via[0].Line
		if call = o.calls(s); call == nil {
			return false
		}
	}
	o.key = o.keyIn(s, lit, call)
	if kv := write.Field(lit, dynamo.TableName); kv != nil {
		o.table = lock.TableKey(s, kv.Value)
	}
	return o.key != "" && o.table != ""
}

// calls gives the call of the function around a place, where this function makes one only.
func (o *consumer) calls(in *syntax.Site) *ast.CallExpr {
	decl, ok := syntax.Enclosing[*ast.FuncDecl](in)
	if !ok {
		return nil
	}
	var found *ast.CallExpr
	count := 0
	ast.Inspect(o.Outermost(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if _, fn := o.Src.Declared(o.Callee(call)); fn == decl {
				found = call
				count++
			}
		}
		return true
	})
	if count != 1 {
		return nil
	}
	return found
}

// keyIn writes the key in a literal with what a call gives for the parameters; empty where something in it may change.
func (o *consumer) keyIn(s *syntax.Site, lit *ast.CompositeLit, call *ast.CallExpr) string {
	kv := write.Field(lit, dynamo.Key)
	if kv == nil || s.Types != o.Types {
		return ""
	}
	var args map[*types.Var]ast.Expr
	if fn, ok := syntax.Enclosing[*ast.FuncDecl](s); ok && call != nil {
		args = Arguments(s, fn, call, o.Site)
	}
	text, at := s.Text(kv.Value), kv.Value.Pos()
	var parts []string
	last, sure := 0, true
	ast.Inspect(kv.Value, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v := s.Variable(id)
		if v == nil {
			return true
		}
		with := id.Name
		if call != nil {
			arg := args[v]
			sure = sure && arg != nil && len(s.Assignments(v)) == 0
			if arg != nil {
				with = o.Text(arg)
				sure = sure && o.fixed(arg)
			}
		} else {
			sure = sure && o.fixed(id)
		}
		from := int(id.Pos() - at)
		parts = append(parts, text[last:from], with)
		last = from + len(id.Name)
		return true
	})
	if !sure {
		return ""
	}
	return strings.Join(append(parts, text[last:]), "")
}

// fixed reports an expression that is the same throughout the function: a constant, or of variables that are assigned once.
func (o *consumer) fixed(e ast.Expr) bool {
	if tv := o.Info.Types[e]; tv.Value != nil {
		return true
	}
	for {
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		if !ok {
			break
		}
		e = sel.X
	}
	v := o.Variable(e)
	return v != nil && len(o.Assignments(v)) <= 1
}

// deletes finds the one delete of the item that is read: in this function, before or together with what is done for it, or in
// one that nothing else calls.
func (o *consumer) deletes() bool {
	found := 0
	for _, c := range append([]*ast.CallExpr{nil}, o.called()...) {
		s := o.Site
		if c != nil {
			of, fn := o.Src.Declared(o.Callee(c))
			if fn == nil || fn.Body == nil {
				continue
			}
			s = of.Around(fn.Body)
		}
		for _, r := range deletesIn(s) {
			kv := write.Field(r.Lit, dynamo.TableName)
			if kv == nil || lock.TableKey(r.Site, kv.Value) != o.table || o.keyIn(r.Site, r.Lit, c) != o.key {
				continue
			}
			found++
			if c != nil && (!o.sole(s) || !handsOn(s, r.Call) || !o.stops(c)) || c == nil && !o.together(r) {
				return false
			}
			o.request = r
		}
	}
	return found == 1 && write.Field(o.request.Lit, dynamo.ConditionExpression) == nil && !o.request.SetsLater(dynamo.ConditionExpression)
}

// called lists the calls of functions before what is done for the item.
func (o *consumer) called() (out []*ast.CallExpr) {
	ast.Inspect(o.Outermost(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.Pos() < o.Pos && o.Src.Fset.Position(call.Lparen).Line != o.line {
			out = append(out, call)
		}
		return true
	})
	return out
}

// deletesIn lists the deletes that a function makes with literals.
func deletesIn(s *syntax.Site) (out []*write.Request) {
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		op, _ := dynamo.ByInput(s.Info.TypeOf(lit))
		kind, _ := dynamo.ActionType(s.Info.TypeOf(lit))
		if op.Kind != dynamo.Delete && kind != dynamo.Delete {
			return true
		}
		at := s.Around(lit)
		call, input := write.SdkCall(at)
		if call == nil {
			return true
		}
		r := &write.Request{Site: at, Call: call, Input: input, Lit: lit, Of: at}
		r.In = r.Holder(lit)
		if r.Dialect, ok = dynamo.DialectOf(s.Info.TypeOf(lit)); ok {
			out = append(out, r)
		}
		return true
	})
	return out
}

// sole reports a function that one place calls, and nothing hands around.
func (o *consumer) sole(s *syntax.Site) bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
	return ok && (o.Src.Whole || !fn.Name.IsExported()) && (&write.Request{Site: s}).CallsOf(fn) == 1
}

// handsOn reports a function that returns the error of a call.
func handsOn(s *syntax.Site, call *ast.CallExpr) bool {
	if body, _ := s.OnError(call); body != nil {
		return returnsError(body)
	}
	st, list := s.Around(call).Statement()
	if ret, ok := st.(*ast.ReturnStmt); ok {
		return len(ret.Results) == 1 && ast.Unparen(ret.Results[0]) == ast.Expr(call)
	}
	as, ok := st.(*ast.AssignStmt)
	i := slices.Index(list, st)
	if !ok || i+1 >= len(list) {
		return false
	}
	ret, ok := list[i+1].(*ast.ReturnStmt)
	err, isID := as.Lhs[len(as.Lhs)-1].(*ast.Ident)
	return ok && isID && len(ret.Results) > 0 && syntax.Named(ret.Results[len(ret.Results)-1], err.Name)
}

// returnsError reports a branch that ends the function, and not with nil.
func returnsError(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	ret, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok && len(ret.Results) > 0 && !syntax.Named(ast.Unparen(ret.Results[len(ret.Results)-1]), "nil")
}

// stops reports that what is done for the item is not reached when a call has failed.
func (o *consumer) stops(call *ast.CallExpr) bool {
	body, _ := o.OnError(call)
	return body != nil && returns(body)
}

// together reports a delete in this function behind whose failure what is done for the item is not reached, or one in the same
// transaction.
func (o *consumer) together(r *write.Request) bool {
	if _, action := dynamo.ActionType(r.Info.TypeOf(r.Lit)); action {
		return r.Call.Pos() <= o.Pos && o.Pos < r.Call.End()
	}
	return r.Call.End() < o.Pos && o.stops(r.Call)
}
