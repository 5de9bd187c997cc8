<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>About Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nightschool {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A local model that goes to night school: it learns from the answers you rated, and proves it.

Your data: {}
Licence: Apache 2.0. Uses Qt {} (LGPL 3).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>👍 &amp;Good answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>👎 &amp;Bad answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Take the rating back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Correct…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open &amp;chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Ask…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy &amp;endpoint and key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy &amp;diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;bout Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Last answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last night: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Review ({})…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Review…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No answer yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An answer without words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{}” ({})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AdvancedPage</name>
    <message>
        <source>The file was changed elsewhere. Revert loads it; Undo then brings your text back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {line}: {message}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n problems; Enter on one jumps to its line. Nothing is saved before they are mended.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>This file is in order.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No program for folders was found. The path can be copied from above.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied: versions, settings and the log, without keys and chat text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text of config.toml</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been changed yet: every setting has its default.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sa&amp;ve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;vert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings as a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where everything is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy &amp;diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AnswerBar</name>
    <message>
        <source>Good answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write what would have been the right answer (E)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the answer as Markdown (Ctrl+C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have the same question answered anew (R)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer before this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer after this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>👍 Good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>👎 Bad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>answered by the teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{at} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer {at} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{told}: press {key} while the message has the focus, or Ctrl+{arrow}. Again takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AnswerMessage</name>
    <message>
        <source>Teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Student</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Asking</name>
    <message>
        <source>Something went wrong in this window; the log says what.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the server does not keep it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student&apos;s server {ended}. It is restarted by itself, and you can go on then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is being restarted. Your question is sent when it is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is loading. Your question is sent when it is ready.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChatWindow</name>
    <message>
        <source>Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Conversation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New conversation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Search conversations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the last &amp;message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the &amp;question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;top the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit the last question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask &amp;again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Forget this conversation…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget this conversation?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its questions, answers, ratings and corrections are deleted from the database, its backups and what the student is shown. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Forget it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forgotten</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n answer(s) went, with their questions, ratings and corrections.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Not everything could be forgotten</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try it again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChatWords</name>
    <message>
        <source>No reason was given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stands neither in your question nor in the past work: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student hedges where the past work does not: “{what}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asserts something, but cites nothing that would prove it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says nothing of the steps that were to be checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer is longer than can be checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepted: it is shown to the student where it fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Partly accepted: it is shown to the student as a warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rejected: it is never shown to the student again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open: nothing that counts was said of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {client}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CodeBlock</name>
    <message>
        <source>Copy code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code, {language}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy code, {language}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Your question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter sends, Shift+Enter begins a new line, Escape stops</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask something. Enter sends, Shift+Enter begins a new line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Esc</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are editing your last question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Config</name>
    <message>
        <source>(empty)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept any model name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepted pieces put before the student.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address to listen on. Anything but loopback needs `allow_remote` and `api_key_file`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agent parameter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agent that answers where a request names none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow a non-loopback host. The bearer token is then the only lock.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow other machines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allowed web origins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer requests that name a model which is not loaded, with the one that is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers made at once per variant; 0 fits it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anthropic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auto</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Autonomy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Base model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget of a refresh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget of a session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CPU threads; 0 is physical cores - 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change to a system prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours of the windows; system follows the desktop, live.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context length in tokens; 0 fits it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deutsch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Embedding model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoint of an OpenAI-compatible teacher, or a proxy; empty is the provider&apos;s own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>English</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Examples needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Examples shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failures that count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Feedback up to this is a failure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fetch the embedding model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewest failures of one kind.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewest good examples for a training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewest new answers for a scheduled night.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File (mode 0600) with a key of your own; empty uses the home&apos;s `server.token`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fixed examples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder or hub name of the embedding model; empty is the shipped MiniLM.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on in the tray when the last window is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good enough for a task</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grow by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand answers that fail validation to the teacher.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long a request waits for a model to load.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often each example is seen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often to look for them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep running when closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind of agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language of the windows; the app takes it up when it is started again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest request body, in MiB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers on the GPU; -1 fits them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learn by night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least feedback of an answer that becomes a task.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least gain in score that a change needs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least improvement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least quality of an example, from 1 to 5.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the desktop show notifications.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the embedder be fetched from the model hub.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the teacher help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the teacher study what you rated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading timeout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest answer where the client names none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest wait for the teacher.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for failures every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks of a diagnosis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Manual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model for a kind of question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model parameter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model that is trained; empty is the student&apos;s own base.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model that studies by night.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most statements a client makes a minute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most tasks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most tasks in the benchmark.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most that any kind of task may fall.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most that the teacher may cost in one session.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most that the teacher may cost to write the tasks&apos; answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most tool calls of the teacher in a diagnosis.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the student; empty is the demo student.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New answers needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New system prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing on the screen is animated; system follows the desktop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OpenAI</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Partly accepted pieces shown as warnings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pieces of past work that are ranked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port; 0 takes a free one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put accepted past work before the student.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quiet from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quiet until</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rank</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rank of the adapter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ranked pieces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ratings a minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reduced motion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Request timeout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests that may wait before new ones are refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reviews</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SHA-256 that the embedder&apos;s weights must have; empty: only the shipped one is pinned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show no window at the start where there is a tray.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start in the tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strong colours and borders; system follows the desktop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Study at the time below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Study early when failures of one kind gather.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Study on a schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Study when failures gather</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take every task instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take new answers that you liked into the benchmark.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tasks a run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tasks of the benchmark in one run of the gate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell when something waits for your approval.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell when something went wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The teacher&apos;s model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The teacher&apos;s model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time in which a request must have arrived.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tool description</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tool given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tool taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train adapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train an adapter when there is enough to learn from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training of an adapter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>USD</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unload when idle for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unload when idle so long; 0 never.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use past work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting requests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Web origins that may call the server; none by default.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is a failure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When notifications fall silent, as 22:00; empty: never.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When notifications may be heard again, as 08:00; empty: never silent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When to study, as cron writes it, in local time; 0 3 * * * is daily at 03:00.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who lets it through; empty is auto.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who lets it through; empty is manual, and it stays so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who lets it through; empty is review.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who the teacher is; openai is any endpoint that speaks its protocol.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole benchmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>auto asks never, tiered by the risk of the change, manual always.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tokens</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>(nothing was asked in words)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not asked by you</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationPane</name>
    <message>
        <source>Search conversations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ne&amp;w conversation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Forget this conversation…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No conversation holds these words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No conversation yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationView</name>
    <message>
        <source>Messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Show %n earlier message(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>Endpoint and key are copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever has the key can use this server and read what it stores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics are copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They hold versions, settings and errors; no chats and no keys.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CorrectionEditor</name>
    <message>
        <source>What would have been the &amp;right answer? The student is shown it from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The right answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DecisionBar</name>
    <message>
        <source>&amp;Accept for learning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only what you accept is learned from. What is kept out stays unused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reject…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is still gated: trying it changes nothing for good unless the gate finds it better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This version of Nightschool cannot read the change, so it cannot be tried; update it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepted for learning, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Approved, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept out, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rejected, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key: A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key: R</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Deletion</name>
    <message>
        <source>Nothing holds these words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been asked yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget what is selected?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget the whole conversation?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget everything from {first} to {last}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget everything?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to forget there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n answers go, with their ratings, from the database and its backups.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Forget %n answers</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Forgetting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n answers were forgotten.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n were gone already.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backups were cleaned.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Search what was asked and answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers, newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Forget this…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget its &amp;conversation…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget e&amp;verything…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forgetting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is forgotten leaves the database, its backups and the index of past work. It is not learned from again. Only its bare number is kept, so that it cannot come back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the da&amp;y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>up &amp;to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First day to forget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last day to forget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget these &amp;days…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>You cancelled: %n are still there.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The database was being read; its last traces go when that ends.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DiffView</name>
    <message>
        <source>The change, line by line</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DonePage</name>
    <message>
        <source>That is all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nightschool stands in the tray: there you rate the last answer, whichever program asked for it. Where there is no tray, the chat&apos;s window has everything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Ask this in the chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What can you help me with?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A question to begin with: {}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Progress of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download this</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Downloads</name>
    <message>
        <source>The download ended before it was done. What came so far is kept; resume it to go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The repository holds several students. Which one?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused at {so_far}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proving that it is whole: {so_far}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking the hub…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{so_far}, {rate} a second, {left} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Installed as {name}: whole, by the hub&apos;s SHA-256.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Installed as {name}. The hub states no SHA-256 for it: only its size and format were checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DownloadsView</name>
    <message>
        <source>Well-known students</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download the chosen student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another student: its repository and file, or its address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OWNER/REPO:FILE, or an address on the hub</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do&amp;wnload</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download what is named in the field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is fetched until you ask. Files come from {hub}, without an account; every request stands in the egress log. A student counts as installed only when its size, its SHA-256 as the hub states it, and its format are proven.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Well-known st&amp;udents:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An&amp;other:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} · {parameters} · about {size:.1f} GiB · {licence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{repo}: {purpose}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EditView</name>
    <message>
        <source>What would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No lines of a file: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the gate found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To propose this, the teacher was paid: {}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EgressTable</name>
    <message>
        <source>Reading the log…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show &amp;older</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What left this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every request is written down before its connection is made: where, why and how much, never its contents.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Method</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Received</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer yet, or cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>broken off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has left this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{requests} requests to {hosts} addresses; {sent} sent, {received} received.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>A helper process stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something could not be done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That request cannot be understood</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The configuration is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The download did not succeed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is not ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The request was not let in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The search index is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The teacher could not be asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This job is no longer yours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model file cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many requests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many requests are waiting</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EvidenceList</name>
    <message>
        <source>No evidence was given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the answer of evidence {}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>E&amp;xport my data…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One archive with your answers, ratings, settings and agents, readable by other programs. No keys are in it, and nothing is taken out: whoever has it can read your chats.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export my data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archives (*.zip)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. No file was left behind.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n answers were exported to {path} ({size}).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Field</name>
    <message>
        <source>Reset to default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This was changed elsewhere to “{value}” while you typed. Nothing of yours is lost: choose.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes effect when the model server is restarted.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FigureView</name>
    <message>
        <source>Day</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FiguresPage</name>
    <message>
        <source>7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>90 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show as &amp;table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Figures over time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FirstRunWindow</name>
    <message>
        <source>Welcome to Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Skip this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Form</name>
    <message>
        <source>For later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing uses these yet: nothing studies or trains at night so far. What you choose is kept for when it does.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GateTable</name>
    <message>
        <source>What the gate found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Figure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Score before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Score after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Better, worse, the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strength of the evidence (e-value; 20 is strong)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}: {} down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group of tasks that did worst</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>Night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Session with the teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the next night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Going on now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skipped: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} and {} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rolling back was asked for and waits for the next night. Nothing studies at night yet: it is kept for when it does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is being rolled back now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was rolled back: what it changed is as it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rolling back was skipped; its own line says why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rolling back failed; its own line says why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it changed can be undone exactly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It kept no checkpoint: there is nothing to roll back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>${}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Benchmark score</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acceptance rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thumbs up and down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Escalation rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No benchmark was sat in this time. Nights will sit it once there are enough rated answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No answer of this time was rated. Thumbs and corrections count here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No thumb was given for an answer of this time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was asked in this time, so nothing was handed to the teacher.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was asked in this time, and nothing was spent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} up and {} down, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was spent, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} in all, {}; at most {} on {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last {} on {}; between {} and {}, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on 1 day with figures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on {} days with figures</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistoryWindow</name>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages of the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Nights and sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How it &amp;goes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImportView</name>
    <message>
        <source>The answer that this is about is no longer there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Imported from {}, answered by {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The imported conversation</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ItemView</name>
    <message>
        <source>What is proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}, {} ({})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is proposed, as it was written down</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyField</name>
    <message>
        <source>Paste the key here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>API &amp;key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>API key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key is kept in this computer&apos;s keyring only, in no file. It is never shown again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose who the teacher is first; then a key can be kept here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking the keyring… It may show a window of its own to ask for your password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key is in the keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no key yet. Paste one above and choose Save key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring is locked. Unlock it (by logging in, or in your passwords app), then check again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring refused. Allow Nightschool to use it when it asks, then check again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer has no keyring that can keep a key. Start one, for example GNOME Keyring or KWallet, then check again. Without it the teacher cannot be used; everything else works.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring did not answer in time. It may be waiting for your password in another window; answer it, then check again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LineEditor</name>
    <message>
        <source>several, with commas between them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>22:30</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Marks</name>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit and ask again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sent. {problem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>⚠ Not verified:
{why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not stored, so it cannot be rated: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show your correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student reads your question…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This answer is being made now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>■ Stopped by you. What was said until then is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was said until then is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer was cut off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the original; you corrected it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✎ Corrected by you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Grounded in %n earlier answer(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>an answer that was forgotten meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grounded in: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grounded in: an earlier answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens the past work that was put before the student</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Notices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put this notice away</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageFrame</name>
    <message>
        <source>{who}: {text}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>&amp;Choose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;move</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for students on this machine once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is the model that answers. Those of other programs are used where they lie; nothing is copied, and nothing of theirs is ever deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Students on this machine:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fetch a student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>De&amp;lete file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;move from the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chosen student is not there any more. Choose another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its file is not there any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking {name}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is the student now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is chosen, but does not answer yet: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is the student now. The model server restarts to load it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a GGUF file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is in the list now. Choose it to use it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {name} from the disk?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} are freed. To have it again, it must be fetched again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is out of the list; its file stays where it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is here. Choose it to use it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelStep</name>
    <message>
        <source>Who is the student?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The demo student is very small: it knows an invented world and shows how everything works. For real questions choose a model of your own; it can be changed at any time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for models on this computer…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Found on this computer: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No other model was found on this computer. You can add a file, or download one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The demo student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>came with Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Download…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Moments</name>
    <message>
        <source>just now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 minute ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} minutes ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 hour ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} hours ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 day ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} days ago</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notifications</name>
    <message>
        <source>Waiting for your review: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Approving it has it tried; it is kept only if it passes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While it was quiet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This desktop shows no notifications</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What waits is told in here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rejected from the notification</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student cannot answer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Parts</name>
    <message>
        <source>This desktop shows no tray icons</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is in this window&apos;s menus instead. Closing the last window ends Nightschool.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student cannot answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong in Nightschool itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of yours is lost that was shown as saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy diagnostics (in the menu) has what is needed to mend it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PathEditor</name>
    <message>
        <source>Browse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browse for: {label}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlainMessage</name>
    <message>
        <source>You</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tool&apos;s result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions of the program that asked</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProblemWindow</name>
    <message>
        <source>Nightschool cannot start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics are copied; they hold no chats and no keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decided</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Items to review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>J or Down: next. K or Up: the one before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>approved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing waits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was decided yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReasonPanel</name>
    <message>
        <source>Choose a reason, or write one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not what I want</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers would get worse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It changes too much</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The evidence does not convince me</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Why not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In your &amp;words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is proposed next depends on it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Redaction</name>
    <message>
        <source>Text to try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type or paste something here. It goes nowhere and is not kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redacted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redaction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rules find secrets and personal data, on this machine. Diagnostics are copied without them. A conversation that you let go to the teacher is sent as it is, not redacted. Try what the rules take out of a text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Text to try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {line}: {kind}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n pieces were taken out.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was found to take out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a key, a password or another secret</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the number of a payment card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the number of a bank account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an e-mail address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a telephone number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an address in a network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the path of your home folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your user name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name of this computer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RestartBar</name>
    <message>
        <source>&amp;Restart now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model server is being restarted…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names}: takes effect when the model server, which was started elsewhere, is restarted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names}: takes effect when the model server is restarted.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Review</name>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earlier answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result of a tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chooses another model for one class of questions: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes how the model makes its answers: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes a setting of an agent: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives an agent one more tool: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes a tool from an agent: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes what the student is told of a tool: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes a part of a system prompt: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replaces a whole system prompt: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes the way in which an agent works: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes the fixed examples that an agent is shown: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trains an adapter for the student: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}: {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tier auto: small enough to be applied without asking, if it passes the gate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tier review: asks you first; then it must still pass the gate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tier manual: never begins unless you say so, and must still pass the gate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refuse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not enough evidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not examined yet: approving means trying it; it is kept only if it passes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On {} tasks the score went from {} to {}: {} better, {} worse, {} the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is enough evidence to keep it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That speaks against it, so it would be refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is too little evidence to keep it; more rated answers would tell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>${}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 line added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} lines added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{} removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing more has to be done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the next night; nothing has changed yet. Nothing studies at night yet: this is kept for when it does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Being tried now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done. {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skipped: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It failed and nothing was changed: {}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReviewWindow</name>
    <message>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This item is no longer there: what it was about was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an item on the left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing waits for your word.

When the teacher proposes a change that needs it, or past work is imported, it stands here with its reasons. Nothing of it takes effect before you say so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This was decided already, from another place; your decision was not taken.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ScheduleStep</name>
    <message>
        <source>When shall nights be?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing studies at night yet. What you choose here is kept for when it does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Study at night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time at which a night begins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A night &amp;begins at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A night will wait while you use the computer, while it is hot, and while it runs on its battery. It can be stopped at any moment without losing anything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings hold a schedule of another form ({}); it stays unless you change the time.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ServerLine</name>
    <message>
        <source>Open Settings → &amp;Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start &amp;again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading {model}… You can type meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{why} It is being restarted…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server could not be started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No answers can be given now. {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready: {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · past work is searched by words only for now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · past work is not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · served by a server that was started elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SessionView</name>
    <message>
        <source>What this night or session did</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Roll back…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{}, {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cost: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Benchmark: from {} to {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What changed:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint of before: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo what this session changed?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files are put back exactly as they were before it. The history keeps both.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SessionsPage</name>
    <message>
        <source>No night has run yet.

Nights come later: in a night the student will study what you rated and sit an exam, and only what passes is kept. Until then every question and answer is recorded on this computer, with your thumbs and corrections; a corrected answer already helps at the next question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nights and sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What changed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>How the model is run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which model answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How it answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Past work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Autonomy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who lets changes through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{said}; this day never comes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{said}; next: {day} at {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every day at {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monday to Friday at {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every {day} at {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is {percent} %.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>API key of the teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test the teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redaction: try what is taken out of a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Egress log: what left this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export my data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget: delete answers by item, by date, or all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings as a file: config.toml</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything stays on this machine until you choose a teacher or ask for a download.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingsWindow</name>
    <message>
        <source>Settings – Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No setting holds these words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StepsList</name>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {} of {}: {}, you are here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {} of {}: {}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StudentList</name>
    <message>
        <source>Filter by name or program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the students</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Students</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No student has a name like this. Clear the field to see all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shows how everything works; choose a real one for real work</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Students</name>
    <message>
        <source>, {gpu} of it on the GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parameters} parameters ({architecture}). Loaded, it takes about {needed} of memory{where}, with room for {context} tokens a conversation; {free} are free now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It will not fit into the memory that is free now. Close other programs, choose a smaller student, or set a shorter context below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>came with Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>downloaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>added by you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not there any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the hub&apos;s cache</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Talk</name>
    <message>
        <source>The answer is complete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer was cut off. {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The question was not sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This link is not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only web pages and mail addresses are: {target}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TeacherPage</name>
    <message>
        <source>A teacher is a larger model on somebody&apos;s server. Without one everything works and nothing is sent anywhere. With one, only what you allow below is sent to it, and each request stands in the egress log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TeacherStep</name>
    <message>
        <source>A teacher, if you like</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A teacher is a larger model on somebody&apos;s server. Without one everything works and nothing is sent anywhere. You can skip this, and add one later in the settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anthropic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An OpenAI-compatible server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>empty: the provider&apos;s own address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Hand answers that fail their checks to the teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;ddress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is sent: nothing while that box is empty. With it, when an answer of the student fails its checks, the conversation it belongs to and the past work that was shown with it go to the teacher, and the teacher&apos;s answer takes its place. Every request that leaves this computer stands in the egress log (Settings, Privacy).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TeacherTest</name>
    <message>
        <source>&amp;Test the teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test sends one short greeting to the teacher with your key, no chat text. It may cost a fraction of a cent, and stands in the egress log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the teacher&apos;s answer…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. If the greeting had left already, it stands in the egress log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The teacher answered after {time}: {model}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The teacher could not be asked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Waiting for the teacher&apos;s answer… %n s</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TextSegment</name>
    <message>
        <source>[picture, not loaded: {words}]</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TraceDialog</name>
    <message>
        <source>Past work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asked by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answered by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>👍 &amp;Accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>👎 &amp;Reject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is shown this where it fits; again takes it back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is never shown this again; again takes it back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Correct…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your correction, which is shown in its place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Question and answer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Nightschool is starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server could not be started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is getting ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is thinking.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for your review: {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The student is ready.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Ask your student something. Rate what it answers, or write what would have been right: accepted and corrected answers are shown to it where they fit, from the next question on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What can you help me with?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try: {question}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Welcome to Nightschool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By day you ask a model on this computer, the student, and say of its answers what was good and what was not. What you accepted or corrected helps with the next question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In later versions the student also studies at night, and only what passes an exam is kept. In the morning you read what was learned, and can undo it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything stays on this computer. Nothing is sent anywhere until you add a teacher or ask for a download, and then you see what is sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Three short questions follow. You can stop at any time and go on later.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
