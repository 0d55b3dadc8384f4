package dynamo

import "go/types"

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
}

// FeedOf returns what a parameter of type t brings; a list of records is a batch.
func FeedOf(t types.Type) (Feed, bool) {
	if s, ok := t.Underlying().(*types.Slice); ok {
		f, ok := FeedOf(s.Elem())
		f.Batch = true
		return f, ok
	}
	pkg, name := named(t)
	f, ok := feeds[pkg+"."+name]
	return f, ok
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
