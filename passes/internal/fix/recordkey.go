package fix

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

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
	fresh := k.freshIn(field(k.lit, dynamo.Item), k.site)
	code, id, from, ok := k.identifier(k.d)
	puts := func(other *ast.CallExpr) bool {
		return k.calledFunc(other) != nil && k.calledFunc(other).Name() == "PutItem"
	}
	if k.id = id; fresh == nil || !ok || fresh.Pos() < from || !k.oncePerRecord(k.call, from, puts) || !k.isKey(fresh, nil) {
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
		fresh := k.freshIn(arg, meet.at)
		if fresh == nil {
			continue
		}
		v := c.arrives(i)
		if v == nil || fresh.Pos() < from || !k.isKey(nil, v) {
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

// keyish matches attributes that are keys by their names.
var keyish = regexp.MustCompile(`(?i)^_*(pk|sk|key|id|uuid|.*[_-]id)$|[a-z0-9](ID|Id|PK|SK)$`)

// isKey reports that a key attribute of the item, and no other one, is the new value, or the variable that holds it.
func (k *keying) isKey(fresh ast.Expr, v *types.Var) bool {
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
	return found == 1 && keyish.MatchString(names)
}

// freshIn finds the one new identifier that an expression is made of: in place, or in a variable that holds it.
func (k *keying) freshIn(n ast.Node, s *site) ast.Expr {
	var all []ast.Expr
	if n == nil {
		return nil
	}
	ast.Inspect(n, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.CallExpr:
			if s.makesNew(x) {
				all = append(all, x)
				return false
			}
		case *ast.Ident:
			if v := s.variable(x); v != nil && s.Info.Uses[x] != nil {
				if call, ok := s.definition(v).(*ast.CallExpr); ok && s.makesNew(call) {
					all = append(all, call)
				}
			}
		}
		return true
	})
	if len(all) != 1 {
		return nil
	}
	return all[0]
}

// unique matches the paths of packages that make identifiers.
var unique = regexp.MustCompile(`(?i)(uuid|ulid|ksuid|nanoid|guid|cuid|/xid)`)

// makesNew reports a call that makes a new identifier as a string: uuid.NewString(), ksuid.New().String().
func (s *site) makesNew(call *ast.CallExpr) bool {
	f := s.calledFunc(call)
	if f == nil || f.Pkg() == nil || len(call.Args) > 0 || !unique.MatchString(f.Pkg().Path()) {
		return false
	}
	t := s.Info.TypeOf(call)
	if t == nil || !types.Identical(t, types.Typ[types.String]) {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || f.Signature().Recv() == nil {
		return ok
	}
	made, ok := ast.Unparen(sel.X).(*ast.CallExpr)
	of := s.calledFunc(made)
	return ok && of != nil && strings.HasPrefix(of.Name(), "New") || ok && of != nil && of.Name() == "Make"
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
