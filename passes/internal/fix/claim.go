package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// claimable are the fields of an UpdateItemInput that an action of a transaction has as well.
var claimable = []string{
	dynamo.TableName, dynamo.Key, dynamo.UpdateExpression, dynamo.ConditionExpression,
	dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues,
}

// claimRecord puts an UpdateItem that counts into one transaction with a claim on its record: an item under the record's
// identifier, in the table that is kept for claims or in the one that is updated, which must not be there yet. A record that
// comes again is told by that. An update in a function that is not given the record gets the record's identifier.
func claimRecord(src *Source, f *finding.Finding) (finding.Fix, bool) {
	c, ok := src.claimOn(f, nil)
	if !ok {
		return finding.Fix{}, false
	}
	return c.d.fix(claimed(c.id)+c.passes, true)
}

// claimOn makes the claim on a finding's record; m is the marker that becomes the claim, nil where there is none.
func (src *Source) claimOn(f *finding.Finding, m *marker) (*claim, bool) {
	if len(f.Writes) == 0 || f.Writes[0].Op != "UpdateItem" {
		return nil, false
	}
	if len(f.Writes[0].Via) > 0 {
		return src.claimBehind(f, m)
	}
	s, ok := src.at(f.Pos)
	if !ok {
		return nil, false
	}
	c := &claim{site: s, d: src.draft(), claims: src.Claims, marker: m}
	var input ast.Expr
	if c.call, input = s.sdkCall(); c.call == nil || !s.ofV2(input) {
		return nil, false
	}
	at := s.around(c.call)
	code, id, from, ok := at.identifier(c.d)
	another := func(other *ast.CallExpr) bool {
		return c.calledFunc(other) != nil && c.calledFunc(other).Name() == c.calledFunc(c.call).Name()
	}
	if !ok || !at.unrepeated(from) {
		return nil, false
	}
	which := at.apart(append(at.others(c.call, from, another), c.call))
	c.code, c.id = at.claimName(which[c.call])+"+"+code, id
	if m != nil {
		c.code = code
	}
	return c, c.write(input)
}

func claimed(id string) string {
	return "claim the record by its " + id + " in one transaction with the update, and pass over one that is claimed"
}

// A claim is made on a record, beside an update.
type claim struct {
	*site
	d      *draft
	claims ClaimTable
	call   *ast.CallExpr
	lit    *ast.CompositeLit
	code   string // the record's identifier
	id     string // the name of its field
	// marker is the program's own, which becomes the claim; nil where there is none.
	marker *marker
	// table and item are the claim's, keys the attributes of its key.
	table, item string
	keys        []string
	typ         string // the SDK's package of types
	str         string // the package aws
	// passes says which functions the claim is handed down to.
	passes string
}

// write puts the update and the claim into one transaction.
func (c *claim) write(input ast.Expr) bool {
	return c.find(input) && c.imports() && c.place() && c.rewrite(input) && c.settle()
}

// find finds the update's parts.
func (c *claim) find(input ast.Expr) bool {
	if c.lit = literal(input); c.lit == nil {
		return false
	}
	for _, e := range c.lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); !ok || !named(kv.Key, claimable...) {
			return false
		}
	}
	table, key := field(c.lit, dynamo.TableName), field(c.lit, dynamo.Key)
	if table == nil || key == nil {
		return false
	}
	c.table = c.text(table.Value)
	return c.marker != nil || c.ownKey(key) && len(c.keys) > 0
}

// imports finds the names of the packages that a claim takes.
func (c *claim) imports() (ok bool) {
	if c.typ, ok = c.d.use(c.site, typesPath, "types"); !ok {
		return false
	}
	c.str, ok = c.d.use(c.site, awsPath, "aws")
	return ok
}

// place says which item the claim is, and in which table.
func (c *claim) place() (ok bool) {
	if c.marker != nil {
		c.keys = []string{strconv.Quote(c.marker.key)}
		c.table, c.item, ok = c.marker.put(c.d, c.site, c.code)
		return ok
	}
	var item []string
	for _, k := range c.keys {
		item = append(item, k+": &"+c.typ+".AttributeValueMemberS{Value: "+c.code+"}")
	}
	c.item = "map[string]" + c.typ + ".AttributeValue{" + strings.Join(item, ", ") + "}"
	if c.claims.Name != "" {
		c.table = c.str + ".String(" + strconv.Quote(c.claims.Name) + ")"
	}
	return true
}

// ownKey finds the attributes under which a claim is kept: those of the table for claims, or those of the update's key.
func (c *claim) ownKey(key *ast.KeyValueExpr) bool {
	if c.claims.Name != "" {
		c.keys = []string{strconv.Quote(c.claims.Key)}
		return true
	}
	names, of := literal(key.Value), c.site
	if call, ok := ast.Unparen(key.Value).(*ast.CallExpr); ok {
		names, of = c.returnedLiteral(call)
	}
	if names == nil {
		return false
	}
	for _, e := range names.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok || !of.text1(kv.Value) {
			return false
		}
		name, known := of.constant(kv.Key)
		if !known {
			return false
		}
		c.keys = append(c.keys, strconv.Quote(name))
	}
	return true
}

// text1 reports a key's value that is a string.
func (s *site) text1(value ast.Expr) bool {
	lit := literal(value)
	if lit == nil {
		return false
	}
	n, ok := types.Unalias(s.Info.TypeOf(lit)).(*types.Named)
	return ok && n.Obj().Name() == "AttributeValueMemberS"
}

// rewrite writes the transaction.
func (c *claim) rewrite(input ast.Expr) bool {
	sel, ok := c.call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(c.Info.TypeOf(sel.X), true, c.Types, "TransactWriteItems")
	of, ok := c.lit.Type.(*ast.SelectorExpr)
	if _, method := obj.(*types.Func); !method || !ok {
		return false
	}
	name := strings.Trim(c.keys[0], "\"`")
	claim := "{Put: &" + c.typ + ".Put{\nTableName: " + c.table + ",\nItem: " + c.item + ",\nConditionExpression: " + c.str + ".String(\"attribute_not_exists(" + name + ")\"),\n}},\n"
	c.d.swap(c.site, sel.Sel, "TransactWriteItems")
	c.d.replace(c.file, input.Pos(), c.lit.Lbrace, "&"+c.text(of.X)+".TransactWriteItemsInput{TransactItems: []"+c.typ+".TransactWriteItem{\n"+claim+"{Update: &"+c.typ+".Update")
	c.d.insert(c.file, c.lit.End(), "},\n}}")
	return true
}

// settle lets a record that is claimed already pass for done.
func (c *claim) settle() bool {
	st, _ := c.around(c.call).statement()
	as, ok := st.(*ast.AssignStmt)
	branch, inBranch := st.(*ast.IfStmt)
	if inBranch {
		as, ok = branch.Init.(*ast.AssignStmt)
	}
	if !ok || len(as.Lhs) != 2 || !named(as.Lhs[0], "_") || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(c.call) {
		return false
	}
	err, ok := as.Lhs[1].(*ast.Ident)
	if !ok || err.Name == "_" || slices.Contains(c.keys, "") {
		return false
	}
	errs, ok := c.d.use(c.site, "errors", "errors")
	if !ok {
		return false
	}
	v := c.around(c.call).fresh("claimed", "canceled")
	text := "var " + v + " *" + c.typ + ".TransactionCanceledException\n" +
		"if " + errs + ".As(" + err.Name + ", &" + v + ") && len(" + v + ".CancellationReasons) > 0 && " + c.str + ".ToString(" + v + ".CancellationReasons[0].Code) == \"ConditionalCheckFailed\" {\n" +
		err.Name + " = nil // the record was handled before\n}"
	if !inBranch {
		c.d.after(c.site, as, text)
		return true
	}
	return c.hoist(branch, as, err, text)
}

// hoist takes the call out of an if statement, so that its error can be looked at before.
func (c *claim) hoist(branch *ast.IfStmt, as *ast.AssignStmt, err *ast.Ident, text string) bool {
	block := c.scope(branch.Pos() - 1)
	if known := block.Lookup(err.Name); as.Tok == token.DEFINE && known != nil {
		_, obj := block.LookupParent(err.Name, branch.Pos())
		if obj == nil || !isError(obj.Type()) {
			return false
		}
		c.d.replace(c.file, branch.If, as.Rhs[0].Pos(), "_, "+err.Name+" = ")
	} else {
		c.d.replace(c.file, branch.If, as.Pos(), "")
	}
	c.d.replace(c.file, as.End(), branch.Cond.Pos(), "\n"+text+"\nif ")
	return true
}
