package dynamo

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// A Dialect says how Go code of one major version of the SDK spells what fixes write.
type Dialect struct {
	// Aws is the import path of aws.String, Types that of AttributeValue, Marshal that of MarshalMap and Expression that of the
	// expression builders.
	Aws, Types, Marshal, Expression string
	// V1 is set for github.com/aws/aws-sdk-go: names are *string there, and attribute values one struct.
	V1 bool
}

// DialectOf returns the dialect of an operation's input, of one action of a transaction, or of anything else that the
// service's packages declare, pointer or not.
func DialectOf(t types.Type) (Dialect, bool) {
	switch pkg, _ := named(t); pkg {
	case serviceV2, typesV2:
		return Dialect{Aws: "github.com/aws/aws-sdk-go-v2/aws", Types: typesV2, Marshal: marshalV2, Expression: expressionV2}, true
	case serviceV1:
		return Dialect{Aws: "github.com/aws/aws-sdk-go/aws", Types: serviceV1, Marshal: marshalV1, Expression: expressionV1, V1: true}, true
	}
	return Dialect{}, false
}

// Qualifier is the name by which code refers to the package of AttributeValue, unless it was renamed.
func (d Dialect) Qualifier() string {
	if d.V1 {
		return "dynamodb"
	}
	return "types"
}

// StoredName returns the attribute under which the encoder of a dialect stores field i of a struct; empty for a field that
// is not stored or not stored under a name of its own. Where only a json tag names the field, version 2 goes by the Go name.
func (d Dialect) StoredName(s *types.Struct, i int) string {
	f := FieldName(s, i)
	if f.Transparent || f.Omitted {
		return ""
	}
	if f.Alias != "" && !d.V1 {
		return f.Alias
	}
	return f.Name
}

// unlike are the options of a field's tag by which it is not stored as its Go type says: a number or a time as text or seconds,
// a list as a set, what is empty as NULL.
var unlike = []string{"string", "unixtime", "stringset", "numberset", "binaryset", "set", "nullempty", "null"}

// StoredPlain reports that field i of a struct is stored as its Go type says, which an option of its tag may change. See
// https://pkg.go.dev/github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue#Marshal.
func (d Dialect) StoredPlain(s *types.Struct, i int) bool {
	_, options, _ := strings.Cut(d.tag(s, i), ",")
	for option := range strings.SplitSeq(options, ",") {
		if slices.Contains(unlike, option) {
			return false
		}
	}
	return true
}

// EmptyIsNull reports a string field whose empty value is stored as NULL: version 1 does so unless the field is left out then.
// See https://docs.aws.amazon.com/sdk-for-go/api/service/dynamodb/dynamodbattribute/#Encoder.
func (d Dialect) EmptyIsNull(s *types.Struct, i int) bool {
	b, ok := s.Field(i).Type().Underlying().(*types.Basic)
	if !d.V1 || !ok || b.Info()&types.IsString == 0 {
		return false
	}
	_, options, _ := strings.Cut(d.tag(s, i), ",")
	return !slices.Contains(strings.Split(options, ","), "omitempty")
}

// tag gives the tag that says how a field is stored. Version 2 does not look at json's.
func (d Dialect) tag(s *types.Struct, i int) string {
	tag := reflect.StructTag(s.Tag(i))
	for _, key := range []string{"dynamodbav", "dynamo"} {
		if text, ok := tag.Lookup(key); ok {
			return text
		}
	}
	if d.V1 {
		return tag.Get("json")
	}
	return ""
}

// ActionType returns the kind of a transaction's action that a type is: types.Put, types.Update, types.Delete, types.ConditionCheck.
func ActionType(t types.Type) (Kind, bool) {
	pkg, name := named(t)
	if pkg != typesV2 && pkg != serviceV1 {
		return "", false
	}
	switch name {
	case PutAction, UpdateAction, DeleteAction, ConditionCheck:
		return Kind(name), true
	}
	return "", false
}

// Encodes reports a function of the SDK that turns a value into an item (MarshalMap), Decodes one that fills a value from
// an item or a list of items; argument is the index of that value.
func Encodes(f *types.Func) (argument int, ok bool) {
	if !mapsItems(f) || !strings.HasPrefix(f.Name(), "MarshalMap") {
		return 0, false
	}
	return 0, true
}

// Decodes is described at Encodes.
func Decodes(f *types.Func) (argument int, ok bool) {
	if !mapsItems(f) || !strings.HasPrefix(f.Name(), "UnmarshalMap") && !strings.HasPrefix(f.Name(), "UnmarshalListOfMaps") {
		return 0, false
	}
	return 1, true
}

// DecodesValue reports the SDK's decoder of one attribute value, the first argument, into what the second one points to.
func DecodesValue(f *types.Func) bool { return mapsItems(f) && f.Name() == "Unmarshal" }

func mapsItems(f *types.Func) bool {
	return f != nil && f.Pkg() != nil && (f.Pkg().Path() == marshalV2 || f.Pkg().Path() == marshalV1) && f.Signature().Recv() == nil
}

// OwnEncoding reports a type that says itself how it is stored.
func OwnEncoding(t types.Type) bool {
	for _, name := range []string{"MarshalDynamoDBAttributeValue", "UnmarshalDynamoDBAttributeValue"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name); obj != nil {
			return true
		}
	}
	return false
}
