package lock

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A Version is the field of an entity that serves as its optimistic lock.
type Version struct {
	Field string
	Attr  string
	typ   types.Type
	// Added is set for a field that the entity does not have yet.
	Added bool
}

// VersionOf gives the entity's lock, or the one to add.
func VersionOf(e *write.Entity, d dynamo.Dialect) (Version, bool) {
	for i := range e.Typ.NumFields() {
		f := e.Typ.Field(i)
		b, ok := f.Type().Underlying().(*types.Basic)
		attr := d.StoredName(e.Typ, i)
		if ok && b.Info()&types.IsInteger != 0 && write.LockName.MatchString(f.Name()) && attr != "" && f.Exported() {
			if !d.StoredPlain(e.Typ, i) {
				return Version{}, false // a number that is stored as text
			}
			return Version{Field: f.Name(), Attr: attr, typ: f.Type()}, true
		}
	}
	for _, v := range []Version{{Field: "Version", Attr: "version"}, {Field: "LockVersion", Attr: "lockVersion"}} {
		if lacks(e, v, d) {
			v.typ, v.Added = types.Typ[types.Int64], true
			return v, true
		}
	}
	return Version{}, false
}

// lacks reports a field and an attribute that the entity does not have under any spelling.
func lacks(e *write.Entity, v Version, d dynamo.Dialect) bool {
	if obj, _, _ := types.LookupFieldOrMethod(e.Named, true, e.Named.Obj().Pkg(), v.Field); obj != nil {
		return false
	}
	for i := range e.Typ.NumFields() {
		if dynamo.SameAttribute(e.Typ.Field(i).Name(), v.Attr) || dynamo.SameAttribute(d.StoredName(e.Typ, i), v.Attr) {
			return false
		}
	}
	return true
}

// add declares the field: stored, and out of what the struct is in JSON.
func add(e *write.Entity, d *syntax.Draft, v Version) { declare(e, d, v, "dynamodbav:\""+v.Attr+"\"") }

// carry declares the field in a struct that is stored as another one.
func carry(e *write.Entity, d *syntax.Draft, v Version) {
	tag := ""
	if write.Tagged(e.Typ) {
		tag = "dynamodbav:\"" + v.Attr + "\""
	}
	declare(e, d, v, tag)
}

// declare adds the field with a tag, unless it is there.
func declare(e *write.Entity, d *syntax.Draft, v Version, tag string) {
	if !v.Added {
		return
	}
	if tagged(e, "json") {
		tag = strings.TrimSpace(tag + " json:\"-\"")
	}
	if tag != "" {
		tag = " `" + tag + "`"
	}
	text := "// " + v.Field + " counts the writes of the item, so that one made from an older read is refused.\n" + v.Field + " " + v.typ.String() + tag + "\n"
	if e.Src.Fset.Position(e.Lit.Fields.Opening).Line == e.Src.Fset.Position(e.Lit.Fields.Closing).Line {
		text = "\n" + text
	}
	d.Insert(e.File, e.Lit.Fields.Closing, text)
}

// tagged reports a struct with some tag of a kind.
func tagged(e *write.Entity, key string) bool {
	for i := range e.Typ.NumFields() {
		if strings.Contains(e.Typ.Tag(i), key+":\"") {
			return true
		}
	}
	return false
}

// keyedOnly reports that every literal of the entity in the source names its fields, so that one can be added; in test files those
// of its name.
func keyedOnly(e *write.Entity) bool {
	ok := true
	for _, f := range e.Src.Tests {
		ok = ok && keyedIn(e, f)
	}
	for s := range e.Src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if is && len(lit.Elts) > 0 && e.Is(s.Info.TypeOf(lit)) {
				if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); !keyed {
					ok = false
				}
			}
			return ok
		})
	}
	return ok
}

// keyedIn reports that a file that is not type-checked has no literal of a struct of the entity's name without the names of its
// fields.
func keyedIn(e *write.Entity, f *ast.File) bool {
	mine := func(t ast.Expr) bool {
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		sel, qualified := t.(*ast.SelectorExpr)
		return syntax.Named(t, e.Named.Obj().Name()) || qualified && sel.Sel.Name == e.Named.Obj().Name()
	}
	keyed := func(lit *ast.CompositeLit) bool {
		_, ok := syntax.First(lit).(*ast.KeyValueExpr)
		return ok || syntax.First(lit) == nil
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
