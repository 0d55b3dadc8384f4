package dynamo

import (
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Feed says which records a value of a type brings.
type Feed struct {
	// From is "dynamodb", "kinesis" or "sqs".
	From string
	// Batch is set for an event with many records; a single record has none.
	Batch bool
}

// feeds are the types by which records arrive, see
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and the pages of Kinesis and SQS beside it.
var feeds = map[string]Feed{
	lambdaEvents + ".DynamoDBEvent":           {"dynamodb", true},
	lambdaEvents + ".DynamoDBTimeWindowEvent": {"dynamodb", true},
	lambdaEvents + ".DynamoDBEventRecord":     {"dynamodb", false},
	lambdaEvents + ".DynamoDBStreamRecord":    {"dynamodb", false},
	lambdaEvents + ".KinesisEvent":            {"kinesis", true},
	lambdaEvents + ".KinesisTimeWindowEvent":  {"kinesis", true},
	lambdaEvents + ".KinesisEventRecord":      {"kinesis", false},
	lambdaEvents + ".KinesisRecord":           {"kinesis", false},
	lambdaEvents + ".SQSEvent":                {"sqs", true},
	lambdaEvents + ".SQSMessage":              {"sqs", false},
	streamTypes + ".Record":                   {"dynamodb", false},
	streamTypes + ".StreamRecord":             {"dynamodb", false},
	streamsV1 + ".Record":                     {"dynamodb", false},
	streamsV1 + ".StreamRecord":               {"dynamodb", false},
}

// FeedOf returns what a parameter of type t brings; a list of records is a batch. A struct of the program's own counts by
// the names that its fields have in the JSON of an event.
func FeedOf(t types.Type) (Feed, bool) {
	if s, ok := t.Underlying().(*types.Slice); ok {
		f, ok := FeedOf(s.Elem())
		f.Batch = true
		return f, ok
	}
	pkg, name := named(t)
	if f, ok := feeds[pkg+"."+name]; ok {
		return f, true
	}
	if pkg == lambdaEvents {
		return Feed{}, false
	}
	return ownFeed(t)
}

// recordNames are JSON names of fields that only records of one feed have together.
var recordNames = []struct {
	from  string
	names []string
}{
	{"dynamodb", []string{"dynamodb", "eventName"}},
	{"kinesis", []string{"kinesis", "eventID"}},
	{"sqs", []string{"messageId", "receiptHandle", "body"}},
}

// ownFeed recognises an event, or a record, by the JSON names of a struct's fields.
func ownFeed(t types.Type) (Feed, bool) {
	fields := jsonFields(t)
	if records, ok := fields["Records"]; ok {
		if list, ok := records.Underlying().(*types.Slice); ok {
			f, ok := FeedOf(list.Elem())
			f.Batch = true
			return f, ok
		}
	}
	for _, r := range recordNames {
		has := true
		for _, name := range r.names {
			_, ok := fields[name]
			has = has && ok
		}
		if has {
			return Feed{From: r.from}, true
		}
	}
	return Feed{}, false
}

// jsonFields are the fields of a struct by the names that their tags give them.
func jsonFields(t types.Type) map[string]types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	out := map[string]types.Type{}
	for i := range st.NumFields() {
		tag, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("json"), ",")
		if tag != "" {
			out[tag] = st.Field(i).Type()
		}
	}
	return out
}

// Polls reports a call that fetches records of a stream: GetRecords of DynamoDB Streams, by any receiver. A poller reads
// again from where it last left a checkpoint.
func Polls(call *ssa.CallCommon) bool {
	fn := callee(call)
	if fn == nil || fn.Name() != "GetRecords" && fn.Name() != "GetRecordsWithContext" {
		return false
	}
	for _, arg := range call.Args {
		if pkg, name := named(arg.Type()); name == "GetRecordsInput" && (pkg == streamsV2 || pkg == streamsV1) {
			return true
		}
	}
	return false
}

// TransactActions reports a list of the actions of a TransactWriteItems.
func TransactActions(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	pkg, name := named(s.Elem())
	return name == "TransactWriteItem" && (pkg == typesV2 || pkg == serviceV1)
}

// BatchRequests reports what a batch leaves undone: requests, or keys, by table or of one table.
func BatchRequests(t types.Type) bool {
	if m, ok := t.Underlying().(*types.Map); ok {
		t = m.Elem()
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	pkg, name := named(t)
	return (name == "WriteRequest" || name == "KeysAndAttributes") && (pkg == typesV2 || pkg == serviceV1)
}

// WriteRequests reports the requests of a batch by table.
func WriteRequests(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	if !ok {
		return false
	}
	_, ok = m.Elem().Underlying().(*types.Slice)
	return ok && BatchRequests(t)
}

// NamesFailures reports the response of a handler, which names the records that have failed.
func NamesFailures(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f.Name() == "BatchItemFailures" {
			return true
		}
	}
	return false
}
