;;; harness.el --- What the tests in Emacs share  -*- lexical-binding: t; -*-

;;; Code:

(require 'cl-lib)
(require 'package)
(package-initialize)
(require 'flymake)
(require 'go-mode)

(add-to-list 'load-path (expand-file-name "emacs" (getenv "editors")))
(setq make-backup-files nil create-lockfiles nil auto-save-default nil)
(defvar deferlint-program)
(declare-function eglot--signal-textDocument/didChange "eglot")
(setq deferlint-program (getenv "DEFERLINT"))

(defvar harness-passed 0 "How many tests have passed.")
(defvar harness-failed 0 "How many tests have failed.")

(defmacro check (name &rest body)
  "Run BODY as the test NAME and print whether it passed."
  (declare (indent 1))
  `(condition-case problem
       (progn ,@body
              (cl-incf harness-passed)
              (harness-say "ok   %s" ,name))
     (error (cl-incf harness-failed)
            (harness-say "FAIL %s\n%S" ,name problem))))

(defun harness-say (format &rest arguments)
  "Print a line to standard output."
  (princ (apply #'format (concat format "\n") arguments)))

(defun wait-for (what holds)
  "Let Emacs work until HOLDS yields non-nil, which is returned; WHAT says what is waited for."
  (let ((deadline (+ (float-time) 20)) value)
    (while (and (not (setq value (funcall holds))) (< (float-time) deadline))
      (accept-process-output nil 0.02))
    (or value (error "Waited in vain for %s; the findings are %S" what (findings)))))

(defun findings ()
  "The texts of the findings shown in this buffer, in order."
  (mapcar #'flymake-diagnostic-text
          (sort (flymake-diagnostics)
                (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b))))))

(defun wait-for-findings (&rest patterns)
  "Wait until there are as many findings as PATTERNS, and each matches its one."
  (wait-for (format "findings %S" patterns)
            (lambda ()
              (let ((findings (findings)))
                (and (= (length findings) (length patterns))
                     (cl-every #'string-match-p patterns findings))))))

(defun edited ()
  "Do what Emacs does when it is idle after an edit, which it never is without a terminal."
  (when (bound-and-true-p eglot--managed-mode)
    (eglot--signal-textDocument/didChange))
  (flymake-start))

(defun go-to (text)
  "Go to the first character of the first TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun text-of (file)
  "The text of FILE, byte for byte."
  (with-temp-buffer
    (set-buffer-multibyte nil)
    (insert-file-contents-literally file)
    (buffer-string)))

(defun check-saved (name)
  "Save the buffer, and fail unless it is what the fix should have made of the file NAME."
  (save-buffer)
  (cl-assert (equal (text-of buffer-file-name)
                    (text-of (expand-file-name (concat "expected/" name) (getenv "tests"))))
             nil "%s isn't as expected: %s" name (buffer-string)))

(defun module-file (name)
  "The file NAME of the module of the tests."
  (expand-file-name (concat "module/" name) (getenv "scratch")))

(defun finish ()
  "Print the sum and end Emacs."
  (princ (format "%d passed, %d failed\n" harness-passed harness-failed))
  (kill-emacs (if (zerop harness-failed) 0 1)))

(provide 'harness)
;;; harness.el ends here
