package dynamo

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// An Outward is a call whose effect leaves the program and cannot be taken back: a message, mail, an HTTP request, an
// invocation. Sent twice it arrives twice.
type Outward struct {
	// Op says what is done: "sns Publish", "http.Client.Do".
	Op string
	// Input is the index in call.Args of what is sent.
	Input int
}

// outwardInputs are the operations of other AWS services that do something each time they are called, by the package of
// the service's client and the name of the input. The packages have the same last element in SDK v1 and v2.
var outwardInputs = map[string]string{
	"sns":                     "PublishInput PublishBatchInput",
	"sqs":                     "SendMessageInput SendMessageBatchInput",
	"eventbridge":             "PutEventsInput",
	"cloudwatchevents":        "PutEventsInput",
	"ses":                     "SendEmailInput SendRawEmailInput SendTemplatedEmailInput SendBulkTemplatedEmailInput",
	"sesv2":                   "SendEmailInput SendBulkEmailInput",
	"pinpoint":                "SendMessagesInput SendUsersMessagesInput",
	"pinpointsmsvoicev2":      "SendTextMessageInput SendVoiceMessageInput SendMediaMessageInput",
	"lambda":                  "InvokeInput InvokeAsyncInput",
	"sfn":                     "StartExecutionInput StartSyncExecutionInput",
	"apigatewaymanagementapi": "PostToConnectionInput",
	"kinesis":                 "PutRecordInput PutRecordsInput",
	"firehose":                "PutRecordInput PutRecordBatchInput",
	"iotdataplane":            "PublishInput",
	"ecs":                     "RunTaskInput",
	"batch":                   "SubmitJobInput",
}

// outwardFuncs are functions of other packages with such an effect, by full name.
var outwardFuncs = func() map[string]string {
	m := map[string]string{}
	for _, line := range []string{
		"net/http: Post PostForm *Client.Post *Client.PostForm *Client.Do",
		"net/smtp: SendMail",
		"github.com/dghubble/go-twitter/twitter: *StatusService.Update *StatusService.Retweet *DirectMessageService.EventsNew",
		"github.com/bwmarrin/discordgo: *Session.ChannelMessageSend *Session.ChannelMessageSendEmbed *Session.ChannelMessageSendComplex *Session.WebhookExecute",
		"github.com/slack-go/slack: *Client.PostMessage *Client.PostMessageContext PostWebhook PostWebhookContext PostWebhookCustomHTTPContext",
		"github.com/nlopes/slack: *Client.PostMessage PostWebhook",
		"github.com/sendgrid/sendgrid-go: *Client.Send *Client.SendWithContext",
		"gopkg.in/gomail.v2: *Dialer.DialAndSend",
		"github.com/mailgun/mailgun-go/v4: *MailgunImpl.Send",
		"github.com/nats-io/nats.go: *Conn.Publish *Conn.PublishMsg",
		"github.com/segmentio/kafka-go: *Writer.WriteMessages",
		"github.com/rabbitmq/amqp091-go: *Channel.Publish *Channel.PublishWithContext",
		"github.com/streadway/amqp: *Channel.Publish",
		"cloud.google.com/go/pubsub: *Topic.Publish",
		"github.com/twilio/twilio-go/rest/api/v2010: *ApiService.CreateMessage *ApiService.CreateCall",
	} {
		pkg, names, _ := strings.Cut(line, ": ")
		short := pkg[strings.LastIndex(pkg, "/")+1:]
		for name := range strings.FieldsSeq(names) {
			m[fullName(pkg, name)] = short + "." + strings.TrimPrefix(name, "*")
		}
	}
	return m
}()

// OutwardOf returns the effect that a call has outside the program. A call of another AWS service counts by the type of its
// input, for any receiver; a helper of the program that merely takes an input does not, for its body says what it does.
func OutwardOf(call *ssa.CallCommon) (Outward, bool) {
	fn := callee(call)
	if fn == nil || len(call.Args) == 0 {
		return Outward{}, false
	}
	if op, ok := outwardFuncs[fn.Origin().FullName()]; ok {
		return Outward{Op: op, Input: len(call.Args) - 1}, true
	}
	for k, arg := range call.Args {
		pkg, name := named(arg.Type())
		if !SDKPackage(pkg) {
			continue
		}
		service := pkg[strings.LastIndex(pkg, "/")+1:]
		op, isInput := strings.CutSuffix(name, "Input")
		if !isInput || !strings.Contains(" "+outwardInputs[service]+" ", " "+name+" ") {
			continue
		}
		if outwardCallee(fn, op) {
			return Outward{Op: service + " " + op, Input: k}, true
		}
	}
	return Outward{}, false
}

// outwardCallee reports whether fn is the SDK's call itself, or a method of an interface that stands for it.
func outwardCallee(fn *types.Func, op string) bool {
	if fn.Pkg() != nil && SDKPackage(fn.Pkg().Path()) {
		return isForm(fn.Name(), op)
	}
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type()) && isForm(fn.Name(), op)
}

// answering are packages of the standard library through which a program asks somebody else.
var answering = []string{"net", "os/exec", "database/sql"}

// Answers reports a function, by its full name, whose result somebody outside of the program has made: it says
// nothing about the items that the question was made of.
func Answers(name string) bool {
	name = strings.TrimLeft(name, "(*")
	if service, ok := strings.CutPrefix(name, "github.com/aws/aws-sdk-go-v2/service/"); ok {
		return !strings.HasPrefix(service, "dynamodb")
	}
	for _, pkg := range answering {
		if rest, ok := strings.CutPrefix(name, pkg); ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/")) {
			return true
		}
	}
	return false
}
