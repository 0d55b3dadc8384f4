// Package narrow sets what the request changes, and nothing else, in the place of a put of the whole item.
package narrow

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

// Instead makes an update of a put that gives an item back as it was read, but for attributes that the request sets: the
// update sets those, and nothing else, and only in an item that is there.
func Instead(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if f.Writes[0].Op != "PutItem" || len(f.Writes[0].Via) > 0 || len(f.Reads) != 1 || f.Reads[0].Op != "GetItem" {
		return finding.Fix{}, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok || r.Made {
		return finding.Fix{}, false
	}
	n := &narrowing{Request: r, d: src.Draft(), f: f, key: f.Reads[0].Key}
	n.line = f.Reads[0].Line
	if len(f.Reads[0].Via) > 0 {
		n.line = f.Reads[0].Via[0].Line
	}
	if !n.plain() || !n.stored() || !n.changes() || !n.hasKey() || !n.present() {
		return finding.Fix{}, false
	}
	limits, limited, ok := n.decisions()
	if !ok || !n.rewrite(limits, limited) {
		return finding.Fix{}, false
	}
	return n.d.Fix("set only "+decision.InWords(n.attributes())+" instead of putting the whole item back"+write.Refused(f), true)
}

// A narrowing is an update in the making.
type narrowing struct {
	*write.Request
	d    *syntax.Draft
	f    *finding.Finding
	line int // of the call that reads, in the function of the put
	key  []string
	// item is the code of the map that is put: of what was read itself where raw is set, otherwise of the struct value.
	item  string
	raw   ast.Expr
	value *types.Var
	// maker makes the item of the struct where the program does that itself; nil for the SDK's encoder.
	maker *ast.CallExpr
	// set and removed are the attributes that change.
	set, removed []string
	// keyed are key attributes that are added to the item that is made of the struct.
	keyed []string
	// version is an attribute that counts the item's writes, so that this one must be counted too.
	version string
}

// puttable are the fields that a put and an update have in common, and the item.
var puttable = []string{dynamo.TableName, dynamo.Item, dynamo.ConditionExpression, dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues}

// plain reports a put whose answer nobody looks at, on a client that updates as well.
func (n *narrowing) plain() bool {
	for _, e := range n.Lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); !ok || !syntax.Named(kv.Key, puttable...) {
			return false
		}
	}
	sel, ok := ast.Unparen(n.Call.Fun).(*ast.SelectorExpr)
	if !ok || !strings.HasPrefix(sel.Sel.Name, "PutItem") || n.In != nil && len(n.Uses(n.In)) > 1 {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(n.Info.TypeOf(sel.X), true, n.Types, "UpdateItem"+strings.TrimPrefix(sel.Sel.Name, "PutItem"))
	_, method := obj.(*types.Func)
	_, built := n.Builder()
	_, typed := n.Lit.Type.(*ast.SelectorExpr)
	st, _ := n.Statement()
	as, assigns := st.(*ast.AssignStmt)
	return method && !built && typed && assigns && syntax.Named(as.Lhs[0], "_") && len(n.key) > 0 && len(n.key) < 3
}

// stored finds what is put.
func (n *narrowing) stored() bool {
	kv := write.Field(n.Lit, dynamo.Item)
	if kv == nil || n.SetsLater(dynamo.Item) {
		return false
	}
	if call := write.Encoded(n.Request.Site, kv.Value); call != nil {
		n.value, n.item = n.Variable(call.Args[0]), n.Text(kv.Value)
		return n.value != nil && write.ComesFrom(n.Request.Site, n.value, n.line, 0) && !dynamo.OwnEncoding(n.value.Type())
	}
	e := kv.Value
	if v := n.Variable(e); v != nil && n.Definition(v) != nil {
		e, n.item = n.Definition(v), v.Name()
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return n.madeBy(call)
	}
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && sel.Sel.Name == "Item" && n.Variable(sel.X) != nil && write.ComesFrom(n.Request.Site, n.Variable(sel.X), n.line, 0) {
		n.raw = sel
		if n.item == "" {
			n.item = n.Text(sel)
		}
		return len(n.f.Reads[0].Via) == 0
	}
	return false
}

// madeBy finds the struct of which a function of the program makes the item.
func (n *narrowing) madeBy(call *ast.CallExpr) bool {
	_, fn := n.Src.Declared(n.Callee(call))
	if fn == nil || fn.Body == nil {
		return false
	}
	n.maker = call
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Recv != nil && len(call.Args) == 0 {
		n.value = n.Variable(sel.X)
	} else if fn.Recv == nil && len(call.Args) == 1 {
		n.value = n.Variable(call.Args[0])
	}
	return n.value != nil && write.ComesFrom(n.Request.Site, n.value, n.line, 0)
}

// changes collects what the function changes of what it has read: values that come with the request, whatever was read.
func (n *narrowing) changes() bool {
	ok := true
	ast.Inspect(n.Outermost(), func(x ast.Node) bool {
		if x == nil || x.Pos() > n.Call.Pos() {
			return ok
		}
		switch st := x.(type) {
		case *ast.AssignStmt:
			for i, l := range st.Lhs {
				if n.touches(l) {
					ok = ok && st.Tok == token.ASSIGN && len(st.Lhs) == len(st.Rhs) && n.always(st) && n.fromRequest(st.Rhs[i], 0) && n.sets(l)
				}
			}
		case *ast.IncDecStmt:
			ok = ok && !n.touches(st.X)
		case *ast.CallExpr:
			ok = ok && n.harmless(st)
		}
		return ok
	})
	return ok && len(n.set) > 0 && !slices.ContainsFunc(n.attributes(), func(a string) bool { return slices.Contains(n.key, a) })
}

func (n *narrowing) attributes() []string { return append(slices.Clone(n.set), n.removed...) }

// touches reports an assignment to a part of what was read.
func (n *narrowing) touches(l ast.Expr) bool {
	for range 10 {
		switch x := ast.Unparen(l).(type) {
		case *ast.SelectorExpr:
			if n.isItem(x) {
				return true
			}
			l = x.X
			if n.value != nil && n.Variable(l) == n.value {
				return true
			}
		case *ast.IndexExpr:
			l = x.X
			if n.isItem(l) || n.made(l) {
				return true
			}
		case *ast.StarExpr:
			return n.value != nil && n.Variable(x.X) == n.value
		default:
			return false
		}
	}
	return true
}

// syntax.IsItem reports an expression that is the map that was read.
func (n *narrowing) isItem(e ast.Expr) bool {
	return n.raw != nil && (n.Text(e) == n.item || n.Text(e) == n.Text(n.raw))
}

// made reports the variable of the item that is made of the struct.
func (n *narrowing) made(e ast.Expr) bool {
	return n.value != nil && n.item != "" && n.Text(e) == n.item
}

// always reports a statement that is done whenever the put is: it stands in a block around it.
func (n *narrowing) always(st ast.Stmt) bool {
	path := n.Around(st).Path
	return len(path) > 1 && slices.Contains(n.Path, path[1]) && st.Pos() < n.Call.Pos()
}

// sets notes the attribute that an assignment changes.
func (n *narrowing) sets(l ast.Expr) bool {
	attr := ""
	switch x := ast.Unparen(l).(type) {
	case *ast.IndexExpr:
		if n.isItem(x.X) || n.made(x.X) {
			attr, _ = n.Constant(x.Index)
		}
		if n.made(x.X) && slices.Contains(n.key, attr) {
			n.keyed = append(n.keyed, attr)
			return true
		}
	case *ast.SelectorExpr:
		if n.value != nil && n.Variable(x.X) == n.value {
			attr = n.attributeOfField(x)
		}
	}
	if attr == "" || write.LockName.MatchString(attr) || slices.Contains(n.set, attr) {
		return false
	}
	n.set = append(n.set, attr)
	return true
}

// harmless reports a call that changes nothing of what was read, or removes an attribute from it.
func (n *narrowing) harmless(call *ast.CallExpr) bool {
	if call == n.maker || call == n.Call || write.OnLine(n.Request.Site, call, n.line) {
		return true
	}
	if syntax.Named(call.Fun, "delete") && len(call.Args) == 2 && n.isItem(call.Args[0]) {
		st, _ := n.Around(call).Statement()
		attr, known := n.Constant(call.Args[1])
		n.removed = append(n.removed, attr)
		return known && st != nil && n.always(st)
	}
	for _, arg := range call.Args {
		if n.isItem(ast.Unparen(arg)) && !syntax.Named(call.Fun, "len") {
			return false
		}
	}
	return n.value == nil || !n.mayTouch(call)
}

// mayTouch reports a call that is given the struct to change: by its address, as a pointer or as a method's receiver.
func (n *narrowing) mayTouch(call *ast.CallExpr) bool {
	if _, encodes := dynamo.Encodes(n.CalledFunc(call)); encodes {
		return false
	}
	for _, arg := range call.Args {
		if n.Variable(arg) == n.value && write.FillsIn(n.Info.TypeOf(arg)) {
			return true
		}
		if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && u.Op == token.AND && n.touches(u.X) {
			return true
		}
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || n.Variable(sel.X) != n.value {
		return false
	}
	f := n.CalledFunc(call)
	return f == nil || f.Signature().Recv() == nil || write.FillsIn(f.Signature().Recv().Type())
}
