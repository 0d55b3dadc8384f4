package fix

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// An entity is a struct that is stored, where its declaration is in the source.
type entity struct {
	*site
	named *types.Named
	typ   *types.Struct
	lit   *ast.StructType
}

// entity finds the declaration of the struct that a type is or points to.
func (src *Source) entity(t types.Type) (*entity, bool) {
	if t == nil {
		return nil, false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.TypeArgs().Len() > 0 {
		return nil, false
	}
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return nil, false
	}
	s, ok := src.object(n.Obj())
	if !ok {
		return nil, false
	}
	spec, ok := enclosing[*ast.TypeSpec](s)
	if !ok {
		return nil, false
	}
	lit, ok := spec.Type.(*ast.StructType)
	return &entity{site: s, named: n, typ: st, lit: lit}, ok
}

// object finds the declaration of an object of the source's packages. Objects of a package that was checked twice, as
// source and as an import, are told by where they stand.
func (src *Source) object(obj types.Object) (*site, bool) {
	at := src.Fset.Position(obj.Pos())
	s, ok := src.at(finding.Pos{File: at.Filename, Line: at.Line, Col: at.Column})
	if !ok || ast.IsGenerated(s.file) {
		return nil, false
	}
	return s, true
}

// lockName matches fields that are there to be an optimistic lock.
var lockName = regexp.MustCompile(`(?i)^_*(version|rev|revision|lock_?version|version_?(number|id)|row_?version|opt_?lock)$`)

// A version is the field of an entity that serves as its optimistic lock.
type version struct {
	field string
	attr  string
	typ   types.Type
	// added is set for a field that the entity does not have yet.
	added bool
}

// version gives the entity's lock, or the one to add.
func (e *entity) version(d dynamo.Dialect) (version, bool) {
	for i := range e.typ.NumFields() {
		f := e.typ.Field(i)
		b, ok := f.Type().Underlying().(*types.Basic)
		attr := d.StoredName(e.typ, i)
		if ok && b.Info()&types.IsInteger != 0 && lockName.MatchString(f.Name()) && attr != "" && f.Exported() {
			if !d.StoredPlain(e.typ, i) {
				return version{}, false // a number that is stored as text
			}
			return version{field: f.Name(), attr: attr, typ: f.Type()}, true
		}
	}
	for _, v := range []version{{field: "Version", attr: "version"}, {field: "LockVersion", attr: "lockVersion"}} {
		if e.lacks(v, d) {
			v.typ, v.added = types.Typ[types.Int64], true
			return v, true
		}
	}
	return version{}, false
}

// lacks reports a field and an attribute that the entity does not have under any spelling.
func (e *entity) lacks(v version, d dynamo.Dialect) bool {
	if obj, _, _ := types.LookupFieldOrMethod(e.named, true, e.named.Obj().Pkg(), v.field); obj != nil {
		return false
	}
	for i := range e.typ.NumFields() {
		if dynamo.SameAttribute(e.typ.Field(i).Name(), v.attr) || dynamo.SameAttribute(d.StoredName(e.typ, i), v.attr) {
			return false
		}
	}
	return true
}

// add declares the field: stored, and out of what the struct is in JSON.
func (e *entity) add(d *draft, v version) { e.declare(d, v, "dynamodbav:\""+v.attr+"\"") }

// carry declares the field in a struct that is stored as another one.
func (e *entity) carry(d *draft, v version) {
	tag := ""
	if tagged(e.typ) {
		tag = "dynamodbav:\"" + v.attr + "\""
	}
	e.declare(d, v, tag)
}

// declare adds the field with a tag, unless it is there.
func (e *entity) declare(d *draft, v version, tag string) {
	if !v.added {
		return
	}
	if e.tagged("json") {
		tag = strings.TrimSpace(tag + " json:\"-\"")
	}
	if tag != "" {
		tag = " `" + tag + "`"
	}
	text := "// " + v.field + " counts the writes of the item, so that one made from an older read is refused.\n" + v.field + " " + v.typ.String() + tag + "\n"
	if e.src.Fset.Position(e.lit.Fields.Opening).Line == e.src.Fset.Position(e.lit.Fields.Closing).Line {
		text = "\n" + text
	}
	d.insert(e.file, e.lit.Fields.Closing, text)
}

// tagged reports a struct with some tag of a kind.
func (e *entity) tagged(key string) bool {
	for i := range e.typ.NumFields() {
		if strings.Contains(e.typ.Tag(i), key+":\"") {
			return true
		}
	}
	return false
}

// keyedOnly reports that every literal of the entity in the source names its fields, so that one can be added; in test files those
// of its name.
func (e *entity) keyedOnly() bool {
	ok := true
	for _, f := range e.src.Tests {
		ok = ok && e.keyedIn(f)
	}
	for _, pkg := range e.src.Packages {
		for _, f := range pkg.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				lit, is := n.(*ast.CompositeLit)
				if is && len(lit.Elts) > 0 && e.is(pkg.Info.TypeOf(lit)) {
					if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); !keyed {
						ok = false
					}
				}
				return ok
			})
		}
	}
	return ok
}

// keyedIn reports that a file that is not type-checked has no literal of a struct of the entity's name without the names of its
// fields.
func (e *entity) keyedIn(f *ast.File) bool {
	mine := func(t ast.Expr) bool {
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		sel, qualified := t.(*ast.SelectorExpr)
		return named(t, e.named.Obj().Name()) || qualified && sel.Sel.Name == e.named.Obj().Name()
	}
	keyed := func(lit *ast.CompositeLit) bool {
		_, ok := first(lit).(*ast.KeyValueExpr)
		return ok || first(lit) == nil
	}
	ok := true
	ast.Inspect(f, func(n ast.Node) bool {
		lit, is := n.(*ast.CompositeLit)
		if !is {
			return ok
		}
		var elem ast.Expr
		switch t := lit.Type.(type) {
		case *ast.ArrayType:
			elem = t.Elt
		case *ast.MapType:
			elem = t.Value
		}
		for _, e := range lit.Elts {
			if kv, pair := e.(*ast.KeyValueExpr); pair {
				e = kv.Value
			}
			inner, is := e.(*ast.CompositeLit)
			ok = ok && !(is && inner.Type == nil && elem != nil && mine(elem) && !keyed(inner))
		}
		ok = ok && !(lit.Type != nil && mine(lit.Type) && !keyed(lit))
		return ok
	})
	return ok
}

// is reports the entity's type, or a pointer to it, also as another package's check knows it.
func (e *entity) is(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == e.named.Obj().Name() && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == e.named.Obj().Pkg().Path()
}
