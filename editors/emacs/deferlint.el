;;; deferlint.el --- Find what Go code loses to defer and recover  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages, tools
;; URL: https://github.com/deferlint/deferlint
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; Three ways to run deferlint, see README.md beside this file:
;;
;; - lsp-mode: a second server beside gopls, as soon as this file is loaded.
;; - eglot beside gopls: eglot runs one server in a buffer, so gopls stays that server, and Flymake runs
;;   `deferlint check' on the buffer's text: (add-hook 'eglot-managed-mode-hook #'deferlint-flymake-setup).
;; - eglot with deferlint alone: (deferlint-eglot-setup).

;;; Code:

(require 'cl-lib)
(require 'flymake)
(require 'subr-x)

(defvar eglot-server-programs)
(declare-function lsp-activate-on "lsp-mode")
(declare-function lsp-configuration-section "lsp-mode")
(declare-function lsp-register-client "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function make-lsp-client "lsp-mode")

(defgroup deferlint nil
  "Find what Go code loses to defer and recover."
  :group 'tools)

(defcustom deferlint-program "deferlint"
  "The program deferlint: a name that the variable `exec-path' finds, or a path."
  :type 'string
  :risky t)

(defcustom deferlint-check-arguments '("--severity=hint")
  "Arguments of `deferlint check' when Flymake runs it."
  :type '(repeat string)
  :risky t)

(defcustom deferlint-initialization-options nil
  "Settings for the server, as a property list: (:run \"onSave\")."
  :type 'plist)

;;; The server

(defun deferlint--server-command ()
  "The command that starts the server."
  (list deferlint-program "lsp"))

(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection #'deferlint--server-command)
    :activation-fn (lsp-activate-on "go")
    :language-id "go"
    :add-on? t
    :priority -1
    :initialization-options (lambda () deferlint-initialization-options)
    :server-id 'deferlint)))

;;;###autoload
(defun deferlint-eglot-setup ()
  "Let eglot run deferlint instead of gopls in Go buffers."
  (with-eval-after-load 'eglot
    (add-to-list 'eglot-server-programs
                 `((go-mode go-ts-mode)
                   . ,(append (deferlint--server-command)
                              (and deferlint-initialization-options
                                   `(:initializationOptions ,deferlint-initialization-options)))))))

;;; Flymake

(defvar-local deferlint--process nil
  "The check that runs for this buffer.")

(defun deferlint--position (place)
  "The buffer position of PLACE, whose offset counts bytes from 0."
  (or (byte-to-position (1+ (gethash "offset" place)))
      (point-max)))

(defun deferlint--region (range)
  "The positions of the start and the end of RANGE."
  (let ((start (deferlint--position (gethash "start" range)))
        (end (deferlint--position (gethash "end" range))))
    (cons start (max end (min (1+ start) (point-max))))))

(defun deferlint--severity-type (severity)
  "The Flymake type of findings of SEVERITY."
  (pcase severity
    ("error" :error)
    ("warning" :warning)
    (_ :note)))

(defun deferlint--diagnostic (source finding)
  "The Flymake diagnostic in the buffer SOURCE for FINDING.
Its data is FINDING, which remembers the text that it is about."
  (puthash "tick" (buffer-chars-modified-tick) finding)
  (pcase-let ((`(,start . ,end) (deferlint--region (gethash "range" finding))))
    (flymake-make-diagnostic
     source start end
     (deferlint--severity-type (gethash "severity" finding))
     (format "%s [%s]" (gethash "message" finding) (gethash "rule" finding))
     finding)))

(defun deferlint--report (source output report)
  "Hand the findings in the buffer OUTPUT about the buffer SOURCE to REPORT."
  (let ((result (with-current-buffer output
                  (goto-char (point-min))
                  (json-parse-buffer))))
    (with-current-buffer source
      (save-restriction
        (widen)
        (funcall report
                 (mapcar (lambda (finding) (deferlint--diagnostic source finding))
                         (gethash "diagnostics" result)))))))

(defun deferlint--text-of (errors)
  "What the pipe process ERRORS has read."
  (while (accept-process-output errors 0.1))
  (with-current-buffer (process-buffer errors)
    (string-trim (buffer-string))))

(defun deferlint--sentinel (source errors report)
  "A sentinel that hands findings about the buffer SOURCE, or ERRORS, to REPORT.
When the text has changed meanwhile, Flymake is about to ask again."
  (let ((tick (buffer-chars-modified-tick source)))
    (lambda (process _event)
      (when (memq (process-status process) '(exit signal))
        (unwind-protect
            (when (and (buffer-live-p source)
                       (eq process (buffer-local-value 'deferlint--process source))
                       (eql tick (buffer-chars-modified-tick source)))
              (if (eql (process-exit-status process) 0)
                  (deferlint--report source (process-buffer process) report)
                (funcall report :panic :explanation (deferlint--text-of errors))))
          (kill-buffer (process-buffer process))
          (kill-buffer (process-buffer errors)))))))

(defun deferlint--command ()
  "The command that checks the text of this buffer, which it reads."
  `(,deferlint-program
    "check" "--output-format=json" "--exit-zero" ,@deferlint-check-arguments
    ,(concat "--stdin-filename=" (file-local-name (buffer-file-name)))))

(defun deferlint-flymake (report &rest _)
  "Check the buffer's text with deferlint and hand the findings to REPORT."
  (when (process-live-p deferlint--process)
    (kill-process deferlint--process))
  (let ((errors (make-pipe-process
                 :name "deferlint errors" :noquery t :sentinel #'ignore
                 :buffer (generate-new-buffer " *deferlint errors*"))))
    (setq deferlint--process
          (make-process
           :name "deferlint" :noquery t :connection-type 'pipe :coding 'utf-8-unix
           :buffer (generate-new-buffer " *deferlint*") :stderr errors
           :command (deferlint--command)
           :sentinel (deferlint--sentinel (current-buffer) errors report)))
    ;; A program that ends without reading signals an error here; the sentinel reports why.
    (ignore-errors
      (save-restriction
        (widen)
        (process-send-region deferlint--process (point-min) (point-max)))
      (process-send-eof deferlint--process))))

;;;###autoload
(defun deferlint-flymake-setup ()
  "Let Flymake run deferlint in this buffer, beside what else it runs."
  (when (and buffer-file-name (string-suffix-p ".go" buffer-file-name))
    (add-hook 'flymake-diagnostic-functions #'deferlint-flymake nil t)
    (flymake-mode 1)))

;;; Commands

(defun deferlint--findings ()
  "The findings of `deferlint-flymake' in the line of point, those at point first."
  (let* ((all (flymake-diagnostics (line-beginning-position) (line-end-position)))
         (ours (cl-remove-if-not #'hash-table-p all :key #'flymake-diagnostic-data)))
    (cl-flet ((at-point-p (diagnostic)
                (<= (flymake-diagnostic-beg diagnostic) (point) (flymake-diagnostic-end diagnostic))))
      (mapcar #'flymake-diagnostic-data
              (append (cl-remove-if-not #'at-point-p ours) (cl-remove-if #'at-point-p ours))))))

(defun deferlint--edit (edit)
  "The start, the end and the new text of EDIT."
  (let ((range (gethash "range" edit)))
    (list (deferlint--position (gethash "start" range))
          (deferlint--position (gethash "end" range))
          (gethash "new_text" edit))))

(defun deferlint--apply (fix)
  "Make the replacements of FIX, the last one first, as one change."
  (save-restriction
    (widen)
    (save-excursion
      (atomic-change-group
        (pcase-dolist (`(,start ,end ,text) (nreverse (mapcar #'deferlint--edit (gethash "edits" fix))))
          (goto-char start)
          (delete-region start end)
          (insert text))))))

(defun deferlint--fixes ()
  "The fixes of the findings in this line that are about the text as it is."
  (let ((tick (buffer-chars-modified-tick)))
    (cl-loop for finding in (deferlint--findings)
             when (eql tick (gethash "tick" finding))
             append (append (gethash "fixes" finding) nil))))

(defun deferlint-fix ()
  "Apply a fix of the findings in this line; ask which when there are several."
  (interactive)
  (let* ((fixes (deferlint--fixes))
         (titles (delete-dups (mapcar (lambda (fix) (gethash "title" fix)) fixes)))
         (title (if (cdr titles) (completing-read "Fix: " titles nil t nil nil (car titles)) (car titles))))
    (unless title
      (user-error (if (deferlint--findings)
                      "The finding has no fix, or the text has changed since it was checked"
                    "No finding of deferlint in this line")))
    (deferlint--apply (cl-find title fixes :key (lambda (fix) (gethash "title" fix)) :test #'equal))))

;;;###autoload
(defun deferlint-explain (rule)
  "Show the page of RULE, by default that of the finding in this line."
  (interactive
   (let ((rule (and (derived-mode-p 'prog-mode)
                    (car (deferlint--findings)))))
     (list (completing-read "Explain rule: " (deferlint--rules) nil t nil nil
                            (and rule (gethash "rule" rule))))))
  (with-current-buffer (get-buffer-create (format "*deferlint %s*" rule))
    (let ((inhibit-read-only t))
      (erase-buffer)
      (call-process deferlint-program nil t nil "explain" rule)
      (goto-char (point-min)))
    (when (fboundp 'markdown-view-mode)
      (funcall 'markdown-view-mode))
    (setq buffer-read-only t)
    (display-buffer (current-buffer))))

(defun deferlint--rules ()
  "The names of all rules."
  (mapcar (lambda (line) (car (split-string line)))
          (process-lines deferlint-program "rules")))

(provide 'deferlint)
;;; deferlint.el ends here
