package stream

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/lock"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// RecordKey gives an item that is put for a record a key made of the record's identifier, in the place of a new one: a record
// that comes again puts the same item.
func RecordKey(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Writes) == 0 || f.Writes[0].Op != "PutItem" {
		return finding.Fix{}, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok || r.Made || write.Field(r.Lit, dynamo.ConditionExpression) != nil || !insertOnly(r) {
		return finding.Fix{}, false
	}
	k := &keying{Request: r, d: src.Draft()}
	if len(f.Writes[0].Via) == 0 {
		ok = k.here()
	} else {
		ok = k.handed(f)
	}
	if !ok {
		return finding.Fix{}, false
	}
	return k.d.Fix("make the item's key of the record's "+k.id+", so that a record that comes again puts the same item", true)
}

// A keying replaces a new key.
type keying struct {
	*write.Request
	d  *syntax.Draft
	id string
}

// here serves a put in the function that has the record.
func (k *keying) here() bool {
	item := write.Field(k.Lit, dynamo.Item)
	if item == nil {
		return false
	}
	fresh := freshIn(k.Request.Site, item)
	code, id, from, ok := identifier(k.Request.Site, k.d)
	puts := func(other *ast.CallExpr) bool {
		return k.CalledFunc(other) != nil && k.CalledFunc(other).Name() == "PutItem"
	}
	if k.id = id; fresh == nil || !ok || fresh.Pos() < from || !oncePerRecord(k.Request.Site, k.Call, from, puts) || !k.isKey(fresh, nil, sorts(k.Request.Site, fresh)) {
		return false
	}
	k.d.Swap(k.Site, fresh, code)
	return true
}

// handed serves a put in a function that is given the new key.
func (k *keying) handed(f *finding.Finding) bool {
	c, ok := chain.Of(k.Src, f)
	if !ok {
		return false
	}
	meet := c.Links[0]
	code, id, from, ok := identifier(meet.At, k.d)
	if k.id = id; !ok || !handedOnce(c, from) {
		return false
	}
	for i, arg := range meet.Call.Args {
		fresh := freshIn(meet.At, arg)
		if fresh == nil {
			continue
		}
		v := arrives(c, i)
		if v == nil || fresh.Pos() < from || !k.isKey(nil, v, sorts(meet.At, fresh)) {
			return false
		}
		if (&write.Request{Site: meet.Of}).CallsOf(meet.Decl) > 1 { // others may put an item for the same record
			code = claimName(meet.At, meet.Fn.Name()) + "+" + code
		}
		k.d.Swap(meet.At, fresh, code)
		return true
	}
	return false
}

// arrives follows an argument of the first call to the parameter of the last function.
func arrives(c *chain.Chain, i int) *types.Var {
	for j, l := range c.Links {
		if i >= l.Fn.Signature().Params().Len() {
			return nil
		}
		v := l.Fn.Signature().Params().At(i)
		if len(l.Of.Assignments(v)) > 0 {
			return nil
		}
		if j+1 == len(c.Links) {
			return v
		}
		next := c.Links[j+1]
		if i = slices.IndexFunc(next.Call.Args, func(e ast.Expr) bool { return next.At.Variable(e) == v }); i < 0 {
			return nil
		}
	}
	return nil
}

// keyish matches attributes that are keys by their names, idish those of them that only tell items apart.
var (
	keyish = regexp.MustCompile(`(?i)^_*(pk|sk|key|id|uuid|.*[_-]id)$|[a-z0-9](ID|Id|PK|SK)$`)
	idish  = regexp.MustCompile(`(?i)^_*(id|uuid|.*[_-]id)$|[a-z0-9](ID|Id)$`)
)

// isKey reports that a key attribute of the item, and no other one, is the new value, or the variable that holds it. Where new
// values sort by the time at which they were made, the attribute must not be there to sort by.
func (k *keying) isKey(fresh ast.Expr, v *types.Var, sorts bool) bool {
	item := write.Field(k.Lit, dynamo.Item)
	if item == nil || write.Literal(item.Value) == nil {
		return false
	}
	found, names := 0, ""
	for _, e := range write.Literal(item.Value).Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		made := map[*types.Var]bool{}
		k.Mentioned(kv.Value, made, 0)
		holds := v != nil && made[v] || fresh != nil && syntax.Within(fresh, []ast.Node{kv.Value})
		for o := range made {
			holds = holds || fresh != nil && k.Definition(o) == fresh
		}
		if holds {
			found++
			names, _ = k.Constant(kv.Key)
			if !text1(k.Request.Site, kv.Value) {
				return false
			}
		}
	}
	if sorts {
		return found == 1 && idish.MatchString(names)
	}
	return found == 1 && keyish.MatchString(names)
}

// insertOnly reports a table whose items nothing else in view changes: an item that is put again is then what it was.
func insertOnly(r *write.Request) bool {
	table := write.Field(r.Lit, dynamo.TableName)
	if table == nil {
		return false
	}
	text := lock.TableKey(r.Site, table.Value)
	alone := text != ""
	for s := range r.Src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || !alone {
				return alone
			}
			op, isInput := dynamo.ByInput(s.Info.TypeOf(lit))
			action, isAction := dynamo.ActionType(s.Info.TypeOf(lit))
			if isInput && (op.Kind == dynamo.Update || op.Kind == dynamo.Delete) || isAction && action != dynamo.ConditionCheck && action != dynamo.Put {
				theirs := ""
				if kv := write.Field(lit, dynamo.TableName); kv != nil {
					theirs = lock.TableKey(s.Around(lit), kv.Value)
				}
				alone = theirs != text && (theirs != "" || s.Package != r.Package)
			}
			return alone
		})
	}
	return alone
}
