package stream

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// claimBehind is claimOn for an update in a function that is not given the record.
func claimBehind(src *syntax.Source, f *finding.Finding, m *marker) (*claim, bool) {
	c, ok := chain.Of(src, f)
	if !ok || !write.OfV2(c.Request.Site, c.Request.Input) || write.Literal(c.Request.Input) == nil {
		return nil, false
	}
	meet := c.Links[0]
	code, id, from, ok := identifier(meet.At, c.D)
	if !ok || !unrepeatedChain(c, from) || refusalMatters(c) {
		return nil, false
	}
	others := others(meet.At, meet.Call, from, func(other *ast.CallExpr) bool { return same(meet, other) })
	which := apart(meet.At, append([]*ast.CallExpr{meet.Call}, others...))
	named := func(call *ast.CallExpr) []string {
		if m != nil {
			return []string{code}
		}
		return []string{claimName(meet.At, meet.Fn.Name(), which[call]) + "+" + code}
	}
	const name = "claim"
	c.Params = []chain.Param{{Name: name, Typ: "string"}}
	c.Suffix, c.What = "Once", "a record that may come again, which is known by its claim"
	if m != nil {
		c.Suffix, c.What = "Marked", "a record that may come again, which is known by its marker"
	}
	of := &claim{Site: c.Request.Site, claims: src.Claims, marker: m, call: c.Request.Call, code: name, id: id}
	write := func(d *syntax.Draft) bool {
		of.d = d
		return of.write(c.Request.Input)
	}
	if !c.Fits() || !c.Write(named(meet.Call), write) {
		return nil, false
	}
	for _, other := range others {
		l := *meet
		l.Call, l.At = other, meet.At.Around(other)
		l.Give(c.D, named(other))
	}
	of.d, of.passes = c.D, pin.Passes(c)
	return of, true
}

// refusalMatters reports that the update has a condition, and that somebody on the way looks for the error of a refused one: a
// transaction's is another.
func refusalMatters(c *chain.Chain) bool {
	if write.Field(c.Request.Lit, "ConditionExpression") == nil {
		return false
	}
	for _, l := range c.Links {
		for _, s := range []*syntax.Site{l.At, l.Of} {
			if chain.MentionsName(s.File, "ConditionalCheckFailedException") {
				return true
			}
		}
	}
	return false
}

// identifier finds what the record at hand is known by, wherever it is delivered again: in a variable, or in the loop over the
// records, which gets one. from is where it is declared.
func identifier(s *syntax.Site, d *syntax.Draft) (code, id string, from token.Pos, ok bool) {
	for _, v := range s.Variables(s.Pos) {
		if code, id, ok := identified(s, d, v.Type(), v.Name()); ok {
			return code, id, v.Pos(), true
		}
	}
	for _, n := range s.Path {
		loop, ok := n.(*ast.RangeStmt)
		if !ok || loop.Key != nil || loop.X == nil {
			continue
		}
		list, ok := s.Info.TypeOf(loop.X).Underlying().(*types.Slice)
		if !ok {
			continue
		}
		name := s.Fresh("record", "r")
		if code, id, ok = identified(s, d, list.Elem(), name); ok {
			d.Replace(s.File, loop.For, loop.X.Pos(), "for _, "+name+" := range ")
			return code, id, loop.X.Pos(), true
		}
	}
	return "", "", token.NoPos, false
}

// identified gives the identifier of a record by its type: one of Lambda's, one of the streams' own interface, or one of the
// program's own with an eventID in JSON.
func identified(s *syntax.Site, d *syntax.Draft, t types.Type, name string) (code, id string, ok bool) {
	if p, pointer := t.Underlying().(*types.Pointer); pointer {
		t = p.Elem()
	}
	n, named := types.Unalias(t).(*types.Named)
	if !named || n.Obj().Pkg() == nil {
		return "", "", false
	}
	st, isStruct := n.Underlying().(*types.Struct)
	if id := recordIDs[n.Obj().Name()]; id != "" && strings.HasSuffix(n.Obj().Pkg().Path(), "/events") {
		return name + "." + id, id, true
	}
	if n.Obj().Name() == "Record" && strings.HasSuffix(n.Obj().Pkg().Path(), "/service/dynamodbstreams/types") {
		str, ok := d.Use(s, write.AwsPath, "aws")
		return str + ".ToString(" + name + ".EventID)", "EventID", ok
	}
	for i := range max(0, fields(st, isStruct)) {
		key, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("json"), ",")
		if key == "eventID" && types.Identical(st.Field(i).Type(), types.Typ[types.String]) && st.Field(i).Exported() {
			return name + "." + st.Field(i).Name(), "EventID", true
		}
	}
	return "", "", false
}

func fields(st *types.Struct, ok bool) int {
	if !ok {
		return 0
	}
	return st.NumFields()
}

// recordIDs are the names by which a record is known again, by its type.
var recordIDs = map[string]string{"DynamoDBEventRecord": "EventID", "KinesisEventRecord": "EventID", "SQSMessage": "MessageId"}
