package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

const (
	typesPath = "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	awsPath   = "github.com/aws/aws-sdk-go-v2/aws"
)

// maxTogether bounds the items that a transaction is offered for: DynamoDB takes 100, a literal never has as many.
const maxTogether = 25

// together puts the requests of a batch, where they are literal, into one transaction. A look at what the batch has left
// undone goes with it: a transaction leaves nothing.
func together(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || !slices.ContainsFunc(f.Needs, func(n finding.Need) bool { return n.What == "transaction" }) {
		return finding.Fix{}, false
	}
	call, input := s.sdkCall()
	if call == nil {
		return finding.Fix{}, false
	}
	t := &transfer{site: s, d: src.draft(), call: call}
	op, _ := dynamo.ByInput(s.Info.TypeOf(input))
	list, ok := t.actions(input)
	if op.Kind != dynamo.BatchWrite || !ok || !t.retarget(input, list) || !t.output() {
		return finding.Fix{}, false
	}
	return t.d.fix("write the items in one transaction, all or none; callers must expect TransactionCanceled", true)
}

// A transfer turns the call of a batch into that of a transaction.
type transfer struct {
	*site
	d    *draft
	call *ast.CallExpr
}

// actions writes the requests of a batch as actions.
func (t *transfer) actions(input ast.Expr) (string, bool) {
	lit := literal(input)
	if lit == nil || len(lit.Elts) != 1 {
		return "", false
	}
	requests := field(lit, dynamo.RequestItems)
	if requests == nil {
		return "", false
	}
	tables := literal(requests.Value)
	typ, ok := t.d.use(t.site, typesPath, "types")
	if tables == nil || !ok {
		return "", false
	}
	str, ok := t.d.use(t.site, awsPath, "aws")
	if !ok {
		return "", false
	}
	var out []string
	for _, e := range tables.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return "", false
		}
		of := literal(kv.Value)
		if of == nil {
			return "", false
		}
		for _, el := range of.Elts {
			action, ok := t.action(el, typ, str+".String("+t.text(kv.Key)+")")
			if !ok {
				return "", false
			}
			out = append(out, action)
		}
	}
	return typ + ".TransactWriteItem{\n" + strings.Join(out, ",\n") + ",\n}", len(out) > 1 && len(out) <= maxTogether
}

// action writes one request as an action.
func (t *transfer) action(el ast.Expr, typ, table string) (string, bool) {
	lit := literal(el)
	if lit == nil || len(lit.Elts) != 1 {
		return "", false
	}
	for _, kind := range []struct{ request, part, action string }{
		{dynamo.PutRequest, dynamo.Item, "Put"}, {dynamo.DeleteRequest, dynamo.Key, "Delete"},
	} {
		kv := field(lit, kind.request)
		if kv == nil {
			continue
		}
		inner := literal(kv.Value)
		if inner == nil {
			return "", false
		}
		part := field(inner, kind.part)
		if part == nil {
			return "", false
		}
		return "{" + kind.action + ": &" + typ + "." + kind.action + "{TableName: " + table + ", " + kind.part + ": " + t.text(part.Value) + "}}", true
	}
	return "", false
}

// retarget calls TransactWriteItems instead, where the client has it.
func (t *transfer) retarget(input ast.Expr, list string) bool {
	sel, ok := t.call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t.Info.TypeOf(sel.X), true, t.Types, "TransactWriteItems")
	of, ok := literal(input).Type.(*ast.SelectorExpr)
	if _, method := obj.(*types.Func); !method || !ok || !t.ofV2(input) {
		return false
	}
	if st, _ := t.around(t.call).statement(); st != nil {
		for _, text := range t.commentsIn(input) {
			t.d.insert(t.file, st.Pos(), text+"\n")
		}
	}
	t.d.swap(t.site, sel.Sel, "TransactWriteItems")
	t.d.swap(t.site, input, "&"+t.text(of.X)+".TransactWriteItemsInput{TransactItems: []"+list+"}")
	return true
}

// commentsIn are the comments in a node, for the code that takes its place.
func (s *site) commentsIn(n ast.Node) []string {
	var out []string
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if n.Pos() <= c.Pos() && c.Pos() < n.End() {
				out = append(out, c.Text)
			}
		}
	}
	return out
}

// commented reports a comment between two places.
func (s *site) commented(from, to token.Pos) bool {
	return slices.ContainsFunc(s.file.Comments, func(g *ast.CommentGroup) bool { return from <= g.Pos() && g.Pos() < to })
}

// ofV2 reports the input of an operation of SDK version 2.
func (s *site) ofV2(input ast.Expr) bool {
	typ := s.Info.TypeOf(input)
	if p, ok := typ.(*types.Pointer); ok {
		typ = p.Elem()
	}
	n, ok := types.Unalias(typ).(*types.Named)
	return ok && n.Obj().Pkg() != nil && strings.HasPrefix(n.Obj().Pkg().Path(), "github.com/aws/aws-sdk-go-v2/")
}

// output takes away what looks at the batch's output, as long as that is one test of what it has left.
func (t *transfer) output() bool {
	st, block := t.around(t.call).statement()
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		return false
	}
	if named(as.Lhs[0], "_") {
		return true
	}
	out, ok := as.Lhs[0].(*ast.Ident)
	if !ok || as.Tok != token.DEFINE {
		return false
	}
	v := t.Info.ObjectOf(out)
	var test *ast.IfStmt
	for _, other := range block {
		branch, is := other.(*ast.IfStmt)
		switch {
		case other == st || !t.mentions(other, v):
		case test != nil || !is || branch.Else != nil || branch.Init != nil || !t.onlyLeft(branch, v):
			return false
		default:
			test = branch
		}
	}
	if test == nil {
		return false
	}
	t.d.swap(t.site, out, "_")
	if err, ok := as.Lhs[1].(*ast.Ident); ok && t.Info.Defs[err] == nil {
		t.d.replace(t.file, as.TokPos, as.TokPos+2, "=")
	}
	end := test.End()
	if k := slices.Index(block, ast.Stmt(test)); k+1 < len(block) && !t.commented(end, block[k+1].Pos()) {
		end = block[k+1].Pos()
	}
	t.d.replace(t.file, test.Pos(), end, "")
	t.d.unimport(t.site, test)
	return true
}

// mentions reports code that names a variable.
func (s *site) mentions(n ast.Node, v types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && s.Info.ObjectOf(id) == v {
			found = true
		}
		return !found
	})
	return found
}

// onlyLeft reports a branch that asks only whether something is left of a batch, and makes nothing of it.
func (t *transfer) onlyLeft(branch *ast.IfStmt, v types.Object) bool {
	if t.mentions(branch.Body, v) {
		return false
	}
	asks := false
	ast.Inspect(branch.Cond, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		asks = asks || ok && named(sel.Sel, dynamo.UnprocessedItems) && t.mentions(sel.X, v)
		return true
	})
	or := false
	ast.Inspect(branch.Cond, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		or = or || ok && b.Op == token.LOR
		return true
	})
	return asks && !or
}

// unimport drops the imports that only code which is taken away uses.
func (d *draft) unimport(s *site, gone ast.Node) {
	used, kept := map[*types.PkgName]bool{}, map[*types.PkgName]bool{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if p, ok := s.Info.Uses[id].(*types.PkgName); ok {
			if gone.Pos() <= id.Pos() && id.Pos() < gone.End() {
				used[p] = true
			} else {
				kept[p] = true
			}
		}
		return true
	})
	for _, spec := range s.file.Imports {
		p, ok := s.Info.Implicits[spec].(*types.PkgName)
		if !ok && spec.Name != nil {
			p, ok = s.Info.Defs[spec.Name].(*types.PkgName)
		}
		if ok && used[p] && !kept[p] {
			d.replace(s.file, spec.Pos(), spec.End(), "")
		}
	}
}
