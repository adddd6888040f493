// Package metrics counts what a server does, for Prometheus.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server"
)

// Metrics are the metrics of one server. They are a [server.Monitor].
type Metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	durations  *prometheus.HistogramVec
	sent       prometheus.Counter
	inFlight   prometheus.Gauge
	violations *prometheus.CounterVec
	records    prometheus.Counter
	bytes      prometheus.Counter
}

var _ server.Monitor = (*Metrics)(nil)

// noOperation is the label of requests that are no operation of the document.
// Their paths are no label: anybody can invent as many as he likes.
const noOperation = "none"

// New returns metrics that have counted nothing.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lts_requests_total", Help: "Requests that have been answered, by operation and status.",
		}, []string{"operation", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lts_request_duration_seconds", Help: "Time from the headers of a request to the end of its answer, by operation.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"operation"}),
		sent:     counter("lts_response_bytes_total", "Bytes of the bodies of answers."),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "lts_requests_in_flight", Help: "Requests that have begun and not ended."}),
		violations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lts_response_violations_total", Help: "Answers that break the document, by operation; with validate_responses only.",
		}, []string{"operation"}),
		records: counter("lts_records_written_total", "Records that have been written."),
		bytes:   counter("lts_record_bytes_written_total", "Bytes of the contents of records that have been written."),
	}
	m.registry.MustRegister(m.requests, m.durations, m.sent, m.inFlight, m.violations, m.records, m.bytes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

// Handler answers in the format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Begin implements [server.Monitor].
func (m *Metrics) Begin(operation string) (end func(status int, sent int64, took time.Duration)) {
	if operation == "" {
		operation = noOperation
	}
	m.inFlight.Inc()
	return func(status int, sent int64, took time.Duration) {
		m.inFlight.Dec()
		m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
		m.durations.WithLabelValues(operation).Observe(took.Seconds())
		m.sent.Add(float64(sent))
	}
}

// Violation implements [server.Monitor].
func (m *Metrics) Violation(operation string) { m.violations.WithLabelValues(operation).Inc() }

// Records returns records that count what is written, and otherwise do what
// inner does. They list their streams where inner does.
func (m *Metrics) Records(inner lts.Records) lts.Records {
	counted := countedRecords{inner, m}
	if lister, ok := inner.(lts.StreamLister); ok {
		return struct {
			countedRecords
			lts.StreamLister
		}{counted, lister}
	}
	return counted
}

type countedRecords struct {
	lts.Records

	metrics *Metrics
}

// Append implements [lts.Records].
func (r countedRecords) Append(ctx context.Context, streamID string, labels map[string]string, records []lts.NewRecord) error {
	if err := r.Records.Append(ctx, streamID, labels, records); err != nil {
		return err
	}
	size := 0
	for _, record := range records {
		size += len(record.Content)
	}
	r.metrics.records.Add(float64(len(records)))
	r.metrics.bytes.Add(float64(size))
	return nil
}
