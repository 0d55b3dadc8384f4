package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// claimBehind is claimOn for an update in a function that is not given the record.
func (src *Source) claimBehind(f *finding.Finding, m *marker) (*claim, bool) {
	c, ok := src.chained(f)
	if !ok || !c.request.ofV2(c.request.input) || literal(c.request.input) == nil {
		return nil, false
	}
	meet := c.links[0]
	code, id, from, ok := meet.at.identifier(c.d)
	if !ok || !c.unrepeated(from) || c.refusalMatters() {
		return nil, false
	}
	others := meet.at.others(meet.call, from, meet.same)
	which := meet.at.apart(append([]*ast.CallExpr{meet.call}, others...))
	named := func(call *ast.CallExpr) []string {
		if m != nil {
			return []string{code}
		}
		return []string{meet.at.claimName(meet.fn.Name(), which[call]) + "+" + code}
	}
	const name = "claim"
	c.params = []param{{name: name, typ: "string"}}
	c.suffix, c.what = "Once", "a record that may come again, which is known by its claim"
	if m != nil {
		c.suffix, c.what = "Marked", "a record that may come again, which is known by its marker"
	}
	of := &claim{site: c.request.site, claims: src.Claims, marker: m, call: c.request.call, code: name, id: id}
	write := func(d *draft) bool {
		of.d = d
		return of.write(c.request.input)
	}
	if !c.fits() || !c.write(named(meet.call), write) {
		return nil, false
	}
	for _, other := range others {
		l := *meet
		l.call, l.at = other, meet.at.around(other)
		l.give(c.d, named(other))
	}
	of.d, of.passes = c.d, c.passes()
	return of, true
}

// refusalMatters reports that the update has a condition, and that somebody on the way looks for the error of a refused one: a
// transaction's is another.
func (c *chain) refusalMatters() bool {
	if field(c.request.lit, "ConditionExpression") == nil {
		return false
	}
	for _, l := range c.links {
		for _, s := range []*site{l.at, l.of} {
			if mentionsName(s.file, "ConditionalCheckFailedException") {
				return true
			}
		}
	}
	return false
}

// identifier finds what the record at hand is known by, wherever it is delivered again: in a variable, or in the loop over the
// records, which gets one. from is where it is declared.
func (s *site) identifier(d *draft) (code, id string, from token.Pos, ok bool) {
	for _, v := range s.variables(s.pos) {
		if code, id, ok := s.identified(d, v.Type(), v.Name()); ok {
			return code, id, v.Pos(), true
		}
	}
	for _, n := range s.path {
		loop, ok := n.(*ast.RangeStmt)
		if !ok || loop.Key != nil || loop.X == nil {
			continue
		}
		list, ok := s.Info.TypeOf(loop.X).Underlying().(*types.Slice)
		if !ok {
			continue
		}
		name := s.fresh("record", "r")
		if code, id, ok = s.identified(d, list.Elem(), name); ok {
			d.replace(s.file, loop.For, loop.X.Pos(), "for _, "+name+" := range ")
			return code, id, loop.X.Pos(), true
		}
	}
	return "", "", token.NoPos, false
}

// identified gives the identifier of a record by its type: one of Lambda's, one of the streams' own interface, or one of the
// program's own with an eventID in JSON.
func (s *site) identified(d *draft, t types.Type, name string) (code, id string, ok bool) {
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
		str, ok := d.use(s, awsPath, "aws")
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
