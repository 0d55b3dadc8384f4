// Package stream repairs handlers of records: claims on records, the names of failed ones, errors that were lost.
package stream

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// claimable are the fields of an UpdateItemInput that an action of a transaction has as well.
var claimable = []string{
	dynamo.TableName, dynamo.Key, dynamo.UpdateExpression, dynamo.ConditionExpression,
	dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues,
}

// ClaimRecord puts an UpdateItem that counts into one transaction with a claim on its record: an item under the record's
// identifier, in the table that is kept for claims or in the one that is updated, which must not be there yet. A record that
// comes again is told by that. An update in a function that is not given the record gets the record's identifier.
func ClaimRecord(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	c, ok := claimOn(src, f, nil)
	if !ok {
		return finding.Fix{}, false
	}
	return c.d.Fix(claimed(c.id)+c.passes, true)
}

// claimOn makes the claim on a finding's record; m is the marker that becomes the claim, nil where there is none.
func claimOn(src *syntax.Source, f *finding.Finding, m *marker) (*claim, bool) {
	if len(f.Writes) == 0 || f.Writes[0].Op != "UpdateItem" {
		return nil, false
	}
	if len(f.Writes[0].Via) > 0 {
		return claimBehind(src, f, m)
	}
	s, ok := src.At(f.Pos)
	if !ok {
		return nil, false
	}
	c := &claim{Site: s, d: src.Draft(), claims: src.Claims, marker: m}
	var input ast.Expr
	if c.call, input = write.SdkCall(s); c.call == nil || !write.OfV2(s, input) {
		return nil, false
	}
	at := s.Around(c.call)
	code, id, from, ok := identifier(at, c.d)
	another := func(other *ast.CallExpr) bool {
		return c.CalledFunc(other) != nil && c.CalledFunc(other).Name() == c.CalledFunc(c.call).Name()
	}
	if !ok || !unrepeated(at, from) {
		return nil, false
	}
	which := apart(at, append(others(at, c.call, from, another), c.call))
	c.code, c.id = claimName(at, which[c.call])+"+"+code, id
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
	*syntax.Site
	d      *syntax.Draft
	claims syntax.ClaimTable
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
	if c.lit = write.Literal(input); c.lit == nil {
		return false
	}
	for _, e := range c.lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); !ok || !syntax.Named(kv.Key, claimable...) {
			return false
		}
	}
	table, key := write.Field(c.lit, dynamo.TableName), write.Field(c.lit, dynamo.Key)
	if table == nil || key == nil {
		return false
	}
	c.table = c.Text(table.Value)
	return c.marker != nil || c.ownKey(key) && len(c.keys) > 0
}

// imports finds the names of the packages that a claim takes.
func (c *claim) imports() (ok bool) {
	if c.typ, ok = c.d.Use(c.Site, write.TypesPath, "types"); !ok {
		return false
	}
	c.str, ok = c.d.Use(c.Site, write.AwsPath, "aws")
	return ok
}

// place says which item the claim is, and in which table.
func (c *claim) place() (ok bool) {
	if c.marker != nil {
		c.keys = []string{strconv.Quote(c.marker.key)}
		c.table, c.item, ok = c.marker.put(c.d, c.Site, c.code)
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
	names, of := write.Literal(key.Value), c.Site
	if call, ok := ast.Unparen(key.Value).(*ast.CallExpr); ok {
		names, of = write.ReturnedLiteral(c.Site, call)
	}
	if names == nil {
		return false
	}
	for _, e := range names.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok || !text1(of, kv.Value) {
			return false
		}
		name, known := of.Constant(kv.Key)
		if !known {
			return false
		}
		c.keys = append(c.keys, strconv.Quote(name))
	}
	return true
}

// text1 reports a key's value that is a string.
func text1(s *syntax.Site, value ast.Expr) bool {
	lit := write.Literal(value)
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
	c.d.Swap(c.Site, sel.Sel, "TransactWriteItems")
	c.d.Replace(c.File, input.Pos(), c.lit.Lbrace, "&"+c.Text(of.X)+".TransactWriteItemsInput{TransactItems: []"+c.typ+".TransactWriteItem{\n"+claim+"{Update: &"+c.typ+".Update")
	c.d.Insert(c.File, c.lit.End(), "},\n}}")
	return true
}

// settle lets a record that is claimed already pass for done.
func (c *claim) settle() bool {
	st, _ := c.Around(c.call).Statement()
	as, ok := st.(*ast.AssignStmt)
	branch, inBranch := st.(*ast.IfStmt)
	if inBranch {
		as, ok = branch.Init.(*ast.AssignStmt)
	}
	if !ok || len(as.Lhs) != 2 || !syntax.Named(as.Lhs[0], "_") || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(c.call) {
		return false
	}
	err, ok := as.Lhs[1].(*ast.Ident)
	if !ok || err.Name == "_" || slices.Contains(c.keys, "") {
		return false
	}
	errs, ok := c.d.Use(c.Site, "errors", "errors")
	if !ok {
		return false
	}
	v := c.Around(c.call).Fresh("claimed", "canceled")
	text := "var " + v + " *" + c.typ + ".TransactionCanceledException\n" +
		"if " + errs + ".As(" + err.Name + ", &" + v + ") && len(" + v + ".CancellationReasons) > 0 && " + c.str + ".ToString(" + v + ".CancellationReasons[0].Code) == \"ConditionalCheckFailed\" {\n" +
		err.Name + " = nil // the record was handled before\n}"
	if !inBranch {
		c.d.After(c.Site, as, text)
		return true
	}
	return c.hoist(branch, as, err, text)
}

// hoist takes the call out of an if statement, so that its error can be looked at before.
func (c *claim) hoist(branch *ast.IfStmt, as *ast.AssignStmt, err *ast.Ident, text string) bool {
	block := c.Scope(branch.Pos() - 1)
	if known := block.Lookup(err.Name); as.Tok == token.DEFINE && known != nil {
		_, obj := block.LookupParent(err.Name, branch.Pos())
		if obj == nil || !syntax.IsError(obj.Type()) {
			return false
		}
		c.d.Replace(c.File, branch.If, as.Rhs[0].Pos(), "_, "+err.Name+" = ")
	} else {
		c.d.Replace(c.File, branch.If, as.Pos(), "")
	}
	c.d.Replace(c.File, as.End(), branch.Cond.Pos(), "\n"+text+"\nif ")
	return true
}
