// Package jobs runs the steps of an import, each protected from the others' panics.
package jobs

import (
	"errors"
	"fmt"
	"log"
	"sync"
)

// A Job is a named step.
type Job struct {
	Name string
	Run  func() error
}

// Run runs one job and turns its panic into an error.
func Run(job Job) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: panic: %v", job.Name, r)
		}
	}()
	return job.Run()
}

// RunAll runs the jobs side by side and waits for all of them.
func RunAll(jobs []Job) error {
	var group sync.WaitGroup
	errs := make([]error, len(jobs))
	for i, job := range jobs {
		group.Add(1)
		go func() {
			defer group.Done()
			errs[i] = Run(job)
		}()
	}
	group.Wait()
	return errors.Join(errs...)
}

// Notify tells the listeners that a job has ended. A listener's panic is its own affair.
func Notify(name string, listeners []func(string)) {
	for _, listener := range listeners {
		notifyOne(name, listener)
	}
}

func notifyOne(name string, listener func(string)) {
	defer recover()
	listener(name)
}

// A Worker takes jobs from a queue until it is stopped.
type Worker struct {
	queue  chan Job
	done   chan struct{}
	failed sync.Once
	reason any
}

// NewWorker starts a worker.
func NewWorker() *Worker {
	w := &Worker{queue: make(chan Job), done: make(chan struct{})}
	go w.loop()
	return w
}

// Submit queues a job.
func (w *Worker) Submit(job Job) {
	w.queue <- job
}

// Stop lets the worker finish its queue and waits for it.
func (w *Worker) Stop() {
	close(w.queue)
	<-w.done
}

func (w *Worker) loop() {
	defer close(w.done)
	for job := range w.queue {
		w.work(job)
	}
}

// work runs a job and remembers the first panic.
func (w *Worker) work(job Job) {
	defer func() {
		w.failed.Do(func() {
			if r := recover(); r != nil {
				w.reason = r
			}
		})
	}()
	if err := job.Run(); err != nil {
		log.Printf("%s: %v", job.Name, err)
	}
}

// Later runs a job in the background.
func Later(job Job) {
	go func() {
		if r := recover(); r != nil {
			log.Printf("%s: panic: %v", job.Name, r)
		}
		if err := job.Run(); err != nil {
			log.Printf("%s: %v", job.Name, err)
		}
	}()
}

// Guard runs a job between two hooks. The second one runs even if the job panics.
func Guard(job Job, before, after func()) error {
	before()
	defer func() {
		defer logPanic(job.Name)
		after()
	}()
	return job.Run()
}

// Attempt runs a job up to n times.
func Attempt(n int, job Job) error {
	var err error
	for range n {
		if err = Run(job); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s: %d attempts: %w", job.Name, n, err)
}

// Quietly runs a job whose outcome nobody waits for.
func Quietly(job Job) {
	defer func() {
		defer func() {
			if r := recover(); r != nil {
				log.Printf("%s: panic: %v", job.Name, r)
			}
		}()
	}()
	if err := job.Run(); err != nil {
		log.Printf("%s: %v", job.Name, err)
	}
}

func logPanic(name string) {
	if r := recover(); r != nil {
		log.Printf("%s: panic: %v", name, r)
	}
}
