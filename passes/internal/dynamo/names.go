package dynamo

import (
	"go/types"
	"reflect"
	"strings"
)

// A Field says what a struct field is in a stored item.
type Field struct {
	// Name is the attribute; empty when the field is transparent or omitted.
	Name string
	// Alias is another name under which the field may be stored: attributevalue of SDK v2 ignores json tags unless told
	// otherwise, so a field named by its json tag may also be stored under its Go name. Empty when there is none.
	Alias string
	// Transparent means that the field adds no step to the path: an embedded struct, whose fields are promoted, or the
	// payload of one of the SDK's own carrier types.
	Transparent bool
	// Omitted means that the field is not stored.
	Omitted bool
}

// FieldName returns the attribute under which field i of the struct owner (named or not, or a pointer to one) is stored:
// the name of its dynamodbav tag, else of its dynamo tag (guregu), else of its json tag, else its Go name. See
// https://pkg.go.dev/github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue#Marshal.
func FieldName(owner types.Type, i int) Field {
	if Carrier(owner) {
		return Field{Transparent: true}
	}
	s, ok := structOf(owner)
	if !ok || i < 0 || i >= s.NumFields() {
		return Field{Omitted: true}
	}
	v := s.Field(i)
	name, alias, omitted := tagName(reflect.StructTag(s.Tag(i)), v.Name())
	switch {
	case omitted:
		return Field{Omitted: true}
	case name == "" && v.Embedded() && isStruct(v.Type()):
		return Field{Transparent: true}
	case name != "":
		return Field{Name: name, Alias: alias}
	case !v.Exported():
		return Field{Omitted: true}
	}
	return Field{Name: v.Name()}
}

// tagName returns the name that the tags of a field give it; empty when none does.
func tagName(tag reflect.StructTag, goName string) (name, alias string, omitted bool) {
	for _, key := range []string{"dynamodbav", "dynamo"} {
		name, _, _ := strings.Cut(tag.Get(key), ",")
		if name == "-" {
			return "", "", true
		}
		if name != "" {
			return name, "", false
		}
	}
	// json:"-" does not omit: attributevalue stores the field all the same.
	name, _, _ = strings.Cut(tag.Get("json"), ",")
	if name == "" || name == "-" {
		return "", "", false
	}
	return name, goName, false
}

// Carrier reports whether t is one of the SDKs' own types that hold one attribute value: types.AttributeValueMemberS and its
// siblings, AttributeValue of v1, of streams and of Lambda events.
func Carrier(t types.Type) bool {
	pkg, name := named(t)
	switch pkg {
	case typesV2, streamTypes:
		return strings.HasPrefix(name, "AttributeValue") && name != "AttributeValueUpdate"
	case serviceV1:
		return name == "AttributeValue"
	case lambdaEvents:
		return name == "DynamoDBAttributeValue"
	}
	return false
}

// SameAttribute reports whether two attribute names mean the same attribute as spelled by tags, Go fields and expressions:
// case and underscores do not count.
func SameAttribute(a, b string) bool {
	return a == b || strings.EqualFold(strings.ReplaceAll(a, "_", ""), strings.ReplaceAll(b, "_", ""))
}

// Overlap reports whether two document paths, with their names joined by dots, mean the same attribute or one a part of
// the other.
func Overlap(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if !SameAttribute(as[i], bs[i]) {
			return false
		}
	}
	return true
}

// structOf returns the struct that t is, or that t points to.
func structOf(t types.Type) (*types.Struct, bool) {
	if t == nil {
		return nil, false
	}
	u := t.Underlying()
	if p, ok := u.(*types.Pointer); ok {
		u = p.Elem().Underlying()
	}
	s, ok := u.(*types.Struct)
	return s, ok
}

// isStruct reports whether t is a struct or a pointer to one.
func isStruct(t types.Type) bool {
	_, ok := structOf(t)
	return ok
}
