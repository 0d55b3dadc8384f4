// Package twolookups opens one file for each patient: the patient leads to the file's number, and the number
// to the file. Where either is missing, a new file is opened.
//
// Two receptions find no number, both open a file, and the patient's entry keeps the second one's number:
// what the first one writes is never found again.
//
// Invariant: the file that somebody has opened is the patient's.
package twolookups

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Errors of Files.
var (
	errNoFile = errors.New("no file")
	errNumber = errors.New("no number in the entry")
)

// Files knows the patients' files.
type Files struct {
	DB    *dynamodb.Client
	Table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (f *Files) item(ctx context.Context, pk string) (map[string]types.AttributeValue, error) {
	out, err := f.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(f.Table), Key: map[string]types.AttributeValue{"pk": text(pk)}, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 {
		return nil, errNoFile
	}
	return out.Item, nil
}

// of is the number of a patient's file, which is there.
func (f *Files) of(ctx context.Context, patient string) (string, error) {
	entry, err := f.item(ctx, "PATIENT#"+patient)
	if err != nil {
		return "", err
	}
	number, ok := entry["file"].(*types.AttributeValueMemberS)
	if !ok {
		return "", errNumber
	}
	if _, err := f.item(ctx, "FILE#"+number.Value); err != nil {
		return "", err
	}
	return number.Value, nil
}

// add stores a new file and the patient's entry for it.
func (f *Files) add(ctx context.Context, patient, number string, condition *string) error {
	_, err := f.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(f.Table), Item: map[string]types.AttributeValue{"pk": text("FILE#" + number)}}},
		{Put: &types.Put{
			TableName: aws.String(f.Table), Item: map[string]types.AttributeValue{"pk": text("PATIENT#" + patient), "file": text(number)},
			ConditionExpression: condition,
		}},
	}})
	return err
}

// Open gives the number of a patient's file, of a new one if there is none.
func (f *Files) Open(ctx context.Context, patient string) (string, error) {
	if number, err := f.of(ctx, patient); err == nil {
		return number, nil
	}
	number := uuid.NewString()
	return number, f.add(ctx, patient, number, nil) // want checkthenact
}

// OpenSafe lets DynamoDB decide whose file it is.
func (f *Files) OpenSafe(ctx context.Context, patient string) (string, error) {
	if number, err := f.of(ctx, patient); err == nil {
		return number, nil
	}
	number := uuid.NewString()
	return number, f.add(ctx, patient, number, aws.String("attribute_not_exists(pk)"))
}
