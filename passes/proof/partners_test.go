package proof

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// answering is a server that a function answers for.
type answering func(*http.Request) (status int, body string)

// RoundTrip answers a request at once.
func (f answering) RoundTrip(req *http.Request) (*http.Response, error) {
	status, body := f(req)
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}

var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "explore", SecretAccessKey: "explore"}, nil
})

// tell notes something that a partner has not been told under the same key.
func (t turn) tell(key string) {
	t.diary.mu.Lock()
	known := slices.ContainsFunc(t.diary.notes, func(n note) bool { return n.v == key })
	t.diary.mu.Unlock()
	if key == "" || !known {
		t.note(key)
	}
}

// partner keeps what it is told: a PUT once, a POST once for each idempotency key.
func partner(t turn) *http.Client {
	return &http.Client{Transport: answering(func(req *http.Request) (int, string) {
		key := req.Header.Get("Idempotency-Key")
		if req.Method == http.MethodPut {
			key = "put"
		}
		t.tell(key)
		return http.StatusOK, ""
	})}
}

// topic is a topic of SNS.
func topic(t turn) *sns.Client {
	return sns.New(sns.Options{Region: "us-east-1", Credentials: anybody, HTTPClient: &http.Client{Transport: answering(func(*http.Request) (int, string) {
		t.tell("")
		return http.StatusOK, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`
	})}})
}

// fifo is a queue that knows a message again by its deduplication id.
type fifo struct{ t turn }

// SendMessage keeps a message.
func (f fifo) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	f.t.tell(aws.ToString(in.MessageDeduplicationId))
	return &sqs.SendMessageOutput{}, nil
}

// shard is a shard with one record.
func shard() *dynamodbstreams.Client {
	return dynamodbstreams.New(dynamodbstreams.Options{Region: "us-east-1", Credentials: anybody, HTTPClient: &http.Client{Transport: answering(func(*http.Request) (int, string) {
		return http.StatusOK, `{"Records":[{"eventID":"e1","eventName":"INSERT","dynamodb":{"SequenceNumber":"1"}}]}`
	})}})
}
