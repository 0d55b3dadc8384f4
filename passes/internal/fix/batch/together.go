package batch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// maxTogether bounds the items that a transaction is offered for: DynamoDB takes 100, a literal never has as many.
const maxTogether = 25

// Together puts the requests of a batch, where they are literal, into one transaction. A look at what the batch has left
// undone goes with it: a transaction leaves nothing. What was read must be what it was when the transaction is carried out.
func Together(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	i := slices.IndexFunc(f.Needs, func(n finding.Need) bool { return n.What == "transaction" })
	if !ok || i < 0 {
		return finding.Fix{}, false
	}
	t := &transfer{Site: s, d: src.Draft(), f: f}
	if !t.find() {
		return finding.Fix{}, false
	}
	title := "write the items in one transaction, all or none"
	if read := f.Needs[i].Read; read >= 0 {
		if len(f.Reads) != 1 || !t.hold(read) {
			return finding.Fix{}, false
		}
		title += ", and only if what was read is as it was"
	}
	list, ok := t.actions()
	if !ok || !t.rewrite(list) {
		return finding.Fix{}, false
	}
	return t.d.Fix(title+"; callers must expect TransactionCanceled", true)
}

// A transfer turns the call of a batch into that of a transaction.
type transfer struct {
	*syntax.Site
	d *syntax.Draft
	f *finding.Finding
	// call is the call of the batch, or of a helper that sends it; input is the batch's input there, requests the map of
	// what it is to do.
	call     *ast.CallExpr
	input    ast.Expr
	requests ast.Expr
	// literalInput is the literal of the input, listed the variable of the requests of its one table; nil where there is none.
	literalInput *ast.CompositeLit
	listed       *types.Var
	// client and ctx are the code of what a helper sends the batch by; empty where there is none.
	client, ctx string
	// held is the request that must find its item as it was read, guard how.
	held  *writeRequest
	guard *write.Guard
}

// find finds the requests of the batch.
func (t *transfer) find() bool {
	if t.call, t.input = write.SdkCall(t.Site); t.call == nil {
		return t.helper()
	}
	op, _ := dynamo.ByInput(t.Info.TypeOf(t.input))
	lit, in := write.InputLiteral(t.Site, t.input)
	if op.Kind != dynamo.BatchWrite || lit == nil || len(lit.Elts) != 1 || !write.OfV2(t.Site, t.input) || in != nil && len(t.Uses(in)) != 1 {
		return false
	}
	t.literalInput = lit
	kv := write.Field(lit, dynamo.RequestItems)
	if kv == nil {
		return false
	}
	t.requests = kv.Value
	return true
}

// actions writes the requests of the batch as a list of actions, in the place of the variable of the requests where there is one.
func (t *transfer) actions() (string, bool) {
	tables := write.Literal(t.requests)
	typ, ok := t.d.Use(t.Site, write.TypesPath, "types")
	if tables == nil || !ok {
		return "", false
	}
	str, ok := t.d.Use(t.Site, write.AwsPath, "aws")
	if !ok {
		return "", false
	}
	var out []string
	from := tables.Pos()
	for _, e := range tables.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return "", false
		}
		of := t.listOf(kv.Value)
		if of == nil || t.listed != nil && (len(tables.Elts) > 1 || t.held != nil || !knownAt(t.Site, kv.Key, of.Pos())) {
			return "", false
		}
		if t.listed != nil {
			from = of.Pos()
		}
		for _, el := range of.Elts {
			w, ok := writeRequestIn(t.Site, el)
			if !ok {
				return "", false
			}
			action, ok := t.action(w, typ, str+".String("+t.Text(kv.Key)+")")
			if !ok {
				return "", false
			}
			before := append(t.CommentsIn(&syntax.Span{From: from, To: w.value.Pos()}), t.CommentsIn(&syntax.Span{From: w.value.End(), To: el.End()})...)
			from = el.End()
			out = append(out, strings.Join(append(before, action), "\n"))
		}
	}
	end := tables.End()
	if t.listed != nil {
		end = write.Literal(t.Definition(t.listed)).End()
	}
	list := strings.Join(out, ",\n") + ",\n"
	for _, text := range t.CommentsIn(&syntax.Span{From: from, To: end}) {
		list += text + "\n"
	}
	list = "[]" + typ + ".TransactWriteItem{\n" + list + "}"
	if t.listed != nil {
		t.d.Swap(t.Site, t.Definition(t.listed), list)
		list = t.listed.Name()
	}
	return list, len(out) > 1 && len(out) <= maxTogether
}

// knownAt reports an expression whose variables are declared before a place.
func knownAt(s *syntax.Site, e ast.Expr, pos token.Pos) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		id, isName := n.(*ast.Ident)
		if !isName {
			return ok
		}
		v := s.Variable(id)
		ok = ok && (v == nil || v.Pos() < pos && len(s.Assignments(v)) < 2)
		return ok
	})
	return ok
}

// listOf finds the literal of a table's requests: in place, or in a variable that is used for nothing else.
func (t *transfer) listOf(e ast.Expr) *ast.CompositeLit {
	lit, v := write.InputLiteral(t.Site, e)
	if v != nil && len(t.Uses(v)) == 1 {
		t.listed = v
	} else if v != nil {
		return nil
	}
	return lit
}

// action writes one request as an action.
func (t *transfer) action(w writeRequest, typ, table string) (string, bool) {
	action := "{" + w.action + ": &" + typ + "." + w.action + "{TableName: " + table + ", " + w.part + ": " + t.Text(w.value)
	if t.held == nil || w.el != t.held.el {
		return action + "}}", true
	}
	more, ok := t.condition()
	return strings.Replace(action, "{TableName", "{\nTableName", 1) + ",\n" + more + "}}", ok
}

// A writeRequestIn is a put or a delete of a batch.
type writeRequest struct {
	// action is the kind of action that does the same, part the name of its field for the item or the key.
	action, part string
	// value is the item or the key, at the place of the batch.
	value ast.Expr
	// el is the request in the list, lit the literal that holds its value.
	el  ast.Expr
	lit *ast.CompositeLit
}

// writeRequestIn takes a request apart: a literal, or what a function makes of an item or a key, and does nothing else.
func writeRequestIn(s *syntax.Site, el ast.Expr) (w writeRequest, ok bool) {
	lit := write.Literal(el)
	call, made := ast.Unparen(el).(*ast.CallExpr)
	of := s
	if made {
		lit, of = write.ReturnedLiteral(s, call)
	}
	if lit == nil || len(lit.Elts) != 1 {
		return w, false
	}
	for _, kind := range []struct{ request, part, action string }{
		{dynamo.PutRequest, dynamo.Item, "Put"}, {dynamo.DeleteRequest, dynamo.Key, "Delete"},
	} {
		kv := write.Field(lit, kind.request)
		if kv == nil {
			continue
		}
		inner := write.Literal(kv.Value)
		if inner == nil {
			return w, false
		}
		part := write.Field(inner, kind.part)
		if part == nil {
			return w, false
		}
		w = writeRequest{action: kind.action, part: kind.part, value: part.Value, el: el, lit: inner}
		if made {
			w.value = given(of, part.Value, call)
		}
		return w, w.value != nil
	}
	return w, false
}

// given is what a call gives for the parameter that an expression of the called function is; nil where it is none.
func given(s *syntax.Site, e ast.Expr, call *ast.CallExpr) ast.Expr {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
	v := s.Variable(e)
	if !ok || v == nil || len(s.Assignments(v)) > 0 {
		return nil
	}
	i := (&write.Request{Site: s}).Parameter(fn, v)
	if i < 0 || i >= len(call.Args) || call.Ellipsis.IsValid() {
		return nil
	}
	return call.Args[i]
}

// helper finds the function that sends a batch which it is given, and can do nothing but succeed or fail.
func (t *transfer) helper() bool {
	w := t.f.Writes[0]
	call, ok := syntax.Enclosing[*ast.CallExpr](t.Site)
	if !ok || len(w.Via) != 1 || !syntax.IsError(t.Info.TypeOf(call)) {
		return false
	}
	in, ok := t.Src.At(finding.Pos{File: w.File, Line: w.Line, Col: w.Col})
	if !ok {
		return false
	}
	sdk, input := write.SdkCall(in)
	_, fn := t.Src.Declared(t.Callee(call))
	sel, isMethod := syntax.CallSelector(sdk)
	if sdk == nil || fn == nil || in.Outermost() != ast.Node(fn) || !isMethod || !write.OfV2(in, input) || write.Literal(input) == nil || len(sdk.Args) != 2 {
		return false
	}
	kv := write.Field(write.Literal(input), dynamo.RequestItems)
	if kv == nil {
		return false
	}
	v := in.Variable(kv.Value) // of what the helper is given it sends again what is left
	i := -1
	if v != nil {
		i = (&write.Request{Site: in}).Parameter(fn, v)
	}
	ctx := given(in, sdk.Args[0], call)
	if i < 0 || i >= len(call.Args) || ctx == nil || !asGiven(in, v) {
		return false
	}
	t.call, t.requests, t.ctx = call, call.Args[i], t.Text(ctx)
	t.client = t.clientOf(in, sel.X, call, fn)
	return t.client != "" && transacts(in, in.Info.TypeOf(sel.X))
}

// asGiven reports requests that a function sends as it is given them: besides, it only sends what is left.
func asGiven(s *syntax.Site, v *types.Var) bool {
	for _, a := range s.Assignments(v) {
		if sel, ok := ast.Unparen(a.Value).(*ast.SelectorExpr); !ok || !syntax.Named(sel.Sel, dynamo.UnprocessedItems) {
			return false
		}
	}
	same := true
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok {
			return same
		}
		for _, l := range as.Lhs {
			at, index := ast.Unparen(l).(*ast.IndexExpr)
			same = same && !(index && s.Variable(at.X) == v)
		}
		return same
	})
	return same
}

// clientOf writes, where a helper is called, the client that it uses: its parameter, or a field of its receiver.
func (t *transfer) clientOf(in *syntax.Site, client ast.Expr, call *ast.CallExpr, fn *ast.FuncDecl) string {
	if arg := given(in, client, call); arg != nil {
		return t.Text(arg)
	}
	part, ok := ast.Unparen(client).(*ast.SelectorExpr)
	recv, method := syntax.CallSelector(call)
	if !ok || !method || fn.Recv == nil || len(fn.Recv.List) != 1 || len(fn.Recv.List[0].Names) != 1 {
		return ""
	}
	if v := in.Variable(part.X); v == nil || v != in.Info.Defs[fn.Recv.List[0].Names[0]] {
		return ""
	}
	obj, _, _ := types.LookupFieldOrMethod(t.Info.TypeOf(recv.X), true, t.Types, part.Sel.Name)
	if field, ok := obj.(*types.Var); !ok || field != in.Info.Uses[part.Sel] || !decision.Stable(t.Site, recv.X) {
		return ""
	}
	return t.Text(recv.X) + "." + part.Sel.Name
}
