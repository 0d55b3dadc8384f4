package fix

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// recordKey gives an item that is put for a record a key made of the record's identifier, in the place of a new one: a record
// that comes again puts the same item.
func recordKey(src *Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Writes) == 0 || f.Writes[0].Op != "PutItem" {
		return finding.Fix{}, false
	}
	r, ok := src.request(f.Writes[0])
	if !ok || r.made || field(r.lit, dynamo.ConditionExpression) != nil || !r.insertOnly() {
		return finding.Fix{}, false
	}
	k := &keying{request: r, d: src.draft()}
	if len(f.Writes[0].Via) == 0 {
		ok = k.here()
	} else {
		ok = k.handed(f)
	}
	if !ok {
		return finding.Fix{}, false
	}
	return k.d.fix("make the item's key of the record's "+k.id+", so that a record that comes again puts the same item", true)
}

// A keying replaces a new key.
type keying struct {
	*request
	d  *draft
	id string
}

// here serves a put in the function that has the record.
func (k *keying) here() bool {
	item := field(k.lit, dynamo.Item)
	if item == nil {
		return false
	}
	fresh := k.freshIn(item)
	code, id, from, ok := k.identifier(k.d)
	puts := func(other *ast.CallExpr) bool {
		return k.calledFunc(other) != nil && k.calledFunc(other).Name() == "PutItem"
	}
	if k.id = id; fresh == nil || !ok || fresh.Pos() < from || !k.oncePerRecord(k.call, from, puts) || !k.isKey(fresh, nil, k.sorts(fresh)) {
		return false
	}
	k.d.swap(k.site, fresh, code)
	return true
}

// handed serves a put in a function that is given the new key.
func (k *keying) handed(f *finding.Finding) bool {
	c, ok := k.src.chained(f)
	if !ok {
		return false
	}
	meet := c.links[0]
	code, id, from, ok := meet.at.identifier(k.d)
	if k.id = id; !ok || !c.oncePerRecord(from) {
		return false
	}
	for i, arg := range meet.call.Args {
		fresh := meet.at.freshIn(arg)
		if fresh == nil {
			continue
		}
		v := c.arrives(i)
		if v == nil || fresh.Pos() < from || !k.isKey(nil, v, meet.at.sorts(fresh)) {
			return false
		}
		if (&request{site: meet.of}).callsOf(meet.decl) > 1 { // others may put an item for the same record
			code = meet.at.claimName(meet.fn.Name()) + "+" + code
		}
		k.d.swap(meet.at, fresh, code)
		return true
	}
	return false
}

// arrives follows an argument of the first call to the parameter of the last function.
func (c *chain) arrives(i int) *types.Var {
	for j, l := range c.links {
		if i >= l.fn.Signature().Params().Len() {
			return nil
		}
		v := l.fn.Signature().Params().At(i)
		if len(l.of.assignments(v)) > 0 {
			return nil
		}
		if j+1 == len(c.links) {
			return v
		}
		next := c.links[j+1]
		if i = slices.IndexFunc(next.call.Args, func(e ast.Expr) bool { return next.at.variable(e) == v }); i < 0 {
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
	item := field(k.lit, dynamo.Item)
	if item == nil || literal(item.Value) == nil {
		return false
	}
	found, names := 0, ""
	for _, e := range literal(item.Value).Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		made := map[*types.Var]bool{}
		k.mentioned(kv.Value, made, 0)
		holds := v != nil && made[v] || fresh != nil && within(fresh, []ast.Node{kv.Value})
		for o := range made {
			holds = holds || fresh != nil && k.definition(o) == fresh
		}
		if holds {
			found++
			names, _ = k.constant(kv.Key)
			if !k.text1(kv.Value) {
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
func (r *request) insertOnly() bool {
	table := field(r.lit, dynamo.TableName)
	if table == nil {
		return false
	}
	text := r.tableKey(table.Value)
	alone := text != ""
	for _, pkg := range r.src.Packages {
		for _, file := range pkg.Files {
			s := &site{src: r.src, Package: pkg, file: file}
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok || !alone {
					return alone
				}
				op, isInput := dynamo.ByInput(pkg.Info.TypeOf(lit))
				action, isAction := dynamo.ActionType(pkg.Info.TypeOf(lit))
				if isInput && (op.Kind == dynamo.Update || op.Kind == dynamo.Delete) || isAction && action != dynamo.ConditionCheck && action != dynamo.Put {
					theirs := ""
					if kv := field(lit, dynamo.TableName); kv != nil {
						theirs = s.around(lit).tableKey(kv.Value)
					}
					alone = theirs != text && (theirs != "" || pkg != r.Package)
				}
				return alone
			})
		}
	}
	return alone
}
