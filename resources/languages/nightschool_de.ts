<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>About Nightschool</source>
        <translation>Über Nightschool</translation>
    </message>
    <message>
        <source>Nightschool {}</source>
        <translation>Nightschool {}</translation>
    </message>
    <message>
        <source>A local model that goes to night school: it learns from the answers you rated, and proves it.

Your data: {}
Licence: Apache 2.0. Uses Qt {} (LGPL 3).</source>
        <translation>Ein lokales Modell, das zur Abendschule geht: Es lernt aus den Antworten, die du bewertet hast, und beweist es.

Deine Daten: {}
Lizenz: Apache 2.0. Verwendet Qt {} (LGPL 3).</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>👍 &amp;Good answer</source>
        <translation>👍 &amp;Gute Antwort</translation>
    </message>
    <message>
        <source>👎 &amp;Bad answer</source>
        <translation>👎 &amp;Schlechte Antwort</translation>
    </message>
    <message>
        <source>&amp;Take the rating back</source>
        <translation>Bewertung &amp;zurücknehmen</translation>
    </message>
    <message>
        <source>&amp;Correct…</source>
        <translation>&amp;Korrigieren…</translation>
    </message>
    <message>
        <source>Open &amp;chat</source>
        <translation>&amp;Chat öffnen</translation>
    </message>
    <message>
        <source>&amp;Ask…</source>
        <translation>&amp;Frage stellen…</translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation>&amp;Verlauf</translation>
    </message>
    <message>
        <source>&amp;Settings</source>
        <translation>&amp;Einstellungen</translation>
    </message>
    <message>
        <source>Copy &amp;endpoint and key</source>
        <translation>&amp;Adresse und Schlüssel kopieren</translation>
    </message>
    <message>
        <source>Copy &amp;diagnostics</source>
        <translation>&amp;Diagnose kopieren</translation>
    </message>
    <message>
        <source>A&amp;bout Nightschool</source>
        <translation>Übe&amp;r Nightschool</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Nightschool</source>
        <translation>&amp;Nightschool</translation>
    </message>
    <message>
        <source>&amp;Last answer</source>
        <translation>&amp;Letzte Antwort</translation>
    </message>
    <message>
        <source>Last night: {}</source>
        <translation>Letzte Nacht: {}</translation>
    </message>
    <message>
        <source>&amp;Review ({})…</source>
        <translation>&amp;Prüfen ({})…</translation>
    </message>
    <message>
        <source>&amp;Review…</source>
        <translation>&amp;Prüfen…</translation>
    </message>
    <message>
        <source>No answer yet</source>
        <translation>Noch keine Antwort</translation>
    </message>
    <message>
        <source>An answer without words</source>
        <translation>Eine Antwort ohne Worte</translation>
    </message>
    <message>
        <source>“{}” ({})</source>
        <translation>„{}“ ({})</translation>
    </message>
</context>
<context>
    <name>AdvancedPage</name>
    <message>
        <source>The file was changed elsewhere. Revert loads it; Undo then brings your text back.</source>
        <translation>Die Datei wurde anderswo geändert. „Verwerfen“ lädt sie; „Rückgängig“ bringt danach deinen Text zurück.</translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation>Gespeichert.</translation>
    </message>
    <message>
        <source>Line {line}: {message}</source>
        <translation>Zeile {line}: {message}</translation>
    </message>
    <message numerus="yes">
        <source>%n problems; Enter on one jumps to its line. Nothing is saved before they are mended.</source>
        <translation>
            <numerusform>%n Problem; Enter springt zu seiner Zeile. Bis es behoben ist, wird nichts gespeichert.</numerusform>
            <numerusform>%n Probleme; Enter auf einem springt zu seiner Zeile. Bis sie behoben sind, wird nichts gespeichert.</numerusform>
        </translation>
    </message>
    <message>
        <source>This file is in order.</source>
        <translation>Diese Datei ist in Ordnung.</translation>
    </message>
    <message>
        <source>No program for folders was found. The path can be copied from above.</source>
        <translation>Es wurde kein Programm für Ordner gefunden. Der Pfad lässt sich oben kopieren.</translation>
    </message>
    <message>
        <source>Copied: versions, settings and the log, without keys and chat text.</source>
        <translation>Kopiert: Versionen, Einstellungen und das Protokoll, ohne Schlüssel und ohne Chattext.</translation>
    </message>
    <message>
        <source>Text of config.toml</source>
        <translation>Text der config.toml</translation>
    </message>
    <message>
        <source>Nothing has been changed yet: every setting has its default.</source>
        <translation>Noch wurde nichts geändert: Jede Einstellung hat ihren Standardwert.</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Sa&amp;ve</source>
        <translation>S&amp;peichern</translation>
    </message>
    <message>
        <source>Re&amp;vert</source>
        <translation>Ver&amp;werfen</translation>
    </message>
    <message>
        <source>The settings as a file</source>
        <translation>Die Einstellungen als Datei</translation>
    </message>
    <message>
        <source>Where everything is kept</source>
        <translation>Wo alles liegt</translation>
    </message>
    <message>
        <source>Home folder</source>
        <translation>Nightschool-Ordner</translation>
    </message>
    <message>
        <source>&amp;Open folder</source>
        <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>Copy &amp;diagnostics</source>
        <translation>&amp;Diagnose kopieren</translation>
    </message>
</context>
<context>
    <name>AnswerBar</name>
    <message>
        <source>Good answer</source>
        <translation>Gute Antwort</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>Schlechte Antwort</translation>
    </message>
    <message>
        <source>Correct…</source>
        <translation>Korrigieren…</translation>
    </message>
    <message>
        <source>Write what would have been the right answer (E)</source>
        <translation>Schreiben, was die richtige Antwort gewesen wäre (E)</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the answer as Markdown (Ctrl+C)</source>
        <translation>Die Antwort als Markdown kopieren (Strg+C)</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Noch einmal fragen</translation>
    </message>
    <message>
        <source>Have the same question answered anew (R)</source>
        <translation>Dieselbe Frage neu beantworten lassen (R)</translation>
    </message>
    <message>
        <source>The answer before this</source>
        <translation>Die Antwort davor</translation>
    </message>
    <message>
        <source>The answer after this</source>
        <translation>Die Antwort danach</translation>
    </message>
    <message>
        <source>👍 Good</source>
        <translation>👍 Gut</translation>
    </message>
    <message>
        <source>👎 Bad</source>
        <translation>👎 Schlecht</translation>
    </message>
    <message>
        <source>answered by the teacher</source>
        <translation>vom Lehrer beantwortet</translation>
    </message>
    <message>
        <source>{at} of {of}</source>
        <translation>{at} von {of}</translation>
    </message>
    <message>
        <source>Answer {at} of {of}</source>
        <translation>Antwort {at} von {of}</translation>
    </message>
    <message>
        <source>{told}: press {key} while the message has the focus, or Ctrl+{arrow}. Again takes it back.</source>
        <translation>{told}: {key} drücken, wenn die Nachricht den Fokus hat, oder Strg+{arrow}. Noch einmal nimmt es zurück.</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Pfeil hoch</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Pfeil runter</translation>
    </message>
</context>
<context>
    <name>AnswerMessage</name>
    <message>
        <source>(no words)</source>
        <translation>(keine Worte)</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Lehrer</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>Schüler</translation>
    </message>
</context>
<context>
    <name>Asking</name>
    <message>
        <source>Something went wrong in this window; the log says what.</source>
        <translation>In diesem Fenster ist etwas schiefgegangen; das Protokoll sagt, was.</translation>
    </message>
    <message>
        <source>the server does not keep it</source>
        <translation>der Server hebt sie nicht auf</translation>
    </message>
    <message>
        <source>The student&apos;s server {ended}. It is restarted by itself, and you can go on then.</source>
        <translation>Der Server des Schülers: {ended}. Er startet von selbst neu; danach geht es weiter.</translation>
    </message>
    <message>
        <source>The student is being restarted. Your question is sent when it is ready.</source>
        <translation>Der Schüler wird neu gestartet. Deine Frage wird gesendet, sobald er bereit ist.</translation>
    </message>
    <message>
        <source>The student is loading. Your question is sent when it is ready.</source>
        <translation>Der Schüler wird geladen. Deine Frage wird gesendet, sobald er bereit ist.</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>English, fully open training data</source>
        <translation>Englisch, vollständig offene Trainingsdaten</translation>
    </message>
    <message>
        <source>a good first student for a machine with 4 GiB free</source>
        <translation>ein guter erster Schüler für einen Rechner mit 4 GiB frei</translation>
    </message>
    <message>
        <source>better answers; 6 GiB free, or a small GPU</source>
        <translation>bessere Antworten; 6 GiB frei oder eine kleine GPU</translation>
    </message>
    <message>
        <source>code</source>
        <translation>Programmieren</translation>
    </message>
    <message>
        <source>short answers and simple tasks; any machine</source>
        <translation>kurze Antworten und einfache Aufgaben; für jeden Rechner</translation>
    </message>
    <message>
        <source>the best of these; 10 GiB free, or a GPU with 8 GiB</source>
        <translation>der beste von diesen; 10 GiB frei oder eine GPU mit 8 GiB</translation>
    </message>
    <message>
        <source>the smallest that talks; any machine</source>
        <translation>der kleinste, der spricht; für jeden Rechner</translation>
    </message>
</context>
<context>
    <name>ChatWindow</name>
    <message>
        <source>Nightschool</source>
        <translation>Nightschool</translation>
    </message>
    <message>
        <source>&amp;Conversation</source>
        <translation>&amp;Gespräch</translation>
    </message>
    <message>
        <source>&amp;New conversation</source>
        <translation>&amp;Neues Gespräch</translation>
    </message>
    <message>
        <source>&amp;Search conversations</source>
        <translation>Gespräche &amp;suchen</translation>
    </message>
    <message>
        <source>Go to the last &amp;message</source>
        <translation>Zur &amp;letzten Nachricht</translation>
    </message>
    <message>
        <source>Go to the &amp;question</source>
        <translation>Zur &amp;Frage</translation>
    </message>
    <message>
        <source>S&amp;top the answer</source>
        <translation>Antwort &amp;anhalten</translation>
    </message>
    <message>
        <source>&amp;Edit the last question</source>
        <translation>Letzte Frage &amp;bearbeiten</translation>
    </message>
    <message>
        <source>Ask &amp;again</source>
        <translation>Noch einmal f&amp;ragen</translation>
    </message>
    <message>
        <source>&amp;Forget this conversation…</source>
        <translation>Dieses Gespräch &amp;vergessen…</translation>
    </message>
    <message>
        <source>Forget it every&amp;where…</source>
        <translation>&amp;Überall vergessen…</translation>
    </message>
    <message>
        <source>Forget this conversation?</source>
        <translation>Dieses Gespräch vergessen?</translation>
    </message>
    <message>
        <source>Its questions, answers, ratings and corrections are deleted from the database, its backups, what the student is shown and what was made of them to learn from. This cannot be undone.</source>
        <translation>Seine Fragen, Antworten, Bewertungen und Korrekturen werden aus der Datenbank und ihren Sicherungen gelöscht, ebenso, was der Schüler gezeigt bekommt und was zum Lernen daraus gemacht wurde. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>&amp;Forget it</source>
        <translation>&amp;Vergessen</translation>
    </message>
    <message>
        <source>&amp;Keep it</source>
        <translation>&amp;Behalten</translation>
    </message>
    <message>
        <source>Evidence is being made just now: what it holds of them goes when that has ended.</source>
        <translation>An den Belegen wird gerade gearbeitet: Was sie davon enthalten, verschwindet, sobald das beendet ist.</translation>
    </message>
    <message>
        <source>Forgotten</source>
        <translation>Vergessen</translation>
    </message>
    <message numerus="yes">
        <source>%n answer(s) went, with their questions, ratings and corrections.</source>
        <translation>
            <numerusform>%n Antwort ist weg, mit ihrer Frage, ihren Bewertungen und Korrekturen.</numerusform>
            <numerusform>%n Antworten sind weg, mit ihren Fragen, Bewertungen und Korrekturen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Not everything could be forgotten</source>
        <translation>Nicht alles konnte vergessen werden</translation>
    </message>
    <message>
        <source>Try it again.</source>
        <translation>Versuche es noch einmal.</translation>
    </message>
</context>
<context>
    <name>ChatWords</name>
    <message>
        <source>No reason was given.</source>
        <translation>Es wurde kein Grund genannt.</translation>
    </message>
    <message>
        <source>Stands neither in your question nor in the past work: {what}</source>
        <translation>Steht weder in deiner Frage noch in der früheren Arbeit: {what}</translation>
    </message>
    <message>
        <source>The student hedges where the past work does not: “{what}”</source>
        <translation>Der Schüler ist unsicher, wo die frühere Arbeit es nicht ist: „{what}“</translation>
    </message>
    <message>
        <source>It asserts something, but cites nothing that would prove it</source>
        <translation>Sie behauptet etwas, nennt aber nichts, was es belegt</translation>
    </message>
    <message>
        <source>It says nothing of the steps that were to be checked</source>
        <translation>Sie sagt nichts zu den Schritten, die zu prüfen waren</translation>
    </message>
    <message>
        <source>The answer is empty</source>
        <translation>Die Antwort ist leer</translation>
    </message>
    <message>
        <source>The answer is longer than can be checked</source>
        <translation>Die Antwort ist länger, als geprüft werden kann</translation>
    </message>
    <message>
        <source>Accepted: it is shown to the student where it fits</source>
        <translation>Angenommen: Der Schüler bekommt sie gezeigt, wo sie passt</translation>
    </message>
    <message>
        <source>Partly accepted: it is shown to the student as a warning</source>
        <translation>Teilweise angenommen: Der Schüler bekommt sie als Warnung gezeigt</translation>
    </message>
    <message>
        <source>Rejected: it is never shown to the student again</source>
        <translation>Abgelehnt: Der Schüler bekommt sie nie wieder gezeigt</translation>
    </message>
    <message>
        <source>Open: nothing that counts was said of it</source>
        <translation>Offen: Dazu wurde nichts gesagt, was zählt</translation>
    </message>
    <message>
        <source>from {client}</source>
        <translation>von {client}</translation>
    </message>
</context>
<context>
    <name>CodeBlock</name>
    <message>
        <source>Copy code</source>
        <translation>Code kopieren</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Code, {language}</source>
        <translation>Code, {language}</translation>
    </message>
    <message>
        <source>Copy code, {language}</source>
        <translation>Code kopieren, {language}</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Your question</source>
        <translation>Deine Frage</translation>
    </message>
    <message>
        <source>Enter sends, Shift+Enter begins a new line, Escape stops</source>
        <translation>Enter sendet, Umschalt+Enter beginnt eine neue Zeile, Escape hält an</translation>
    </message>
    <message>
        <source>Ask something. Enter sends, Shift+Enter begins a new line.</source>
        <translation>Frag etwas. Enter sendet, Umschalt+Enter beginnt eine neue Zeile.</translation>
    </message>
    <message>
        <source>&amp;Send</source>
        <translation>&amp;Senden</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>You are editing your last question.</source>
        <translation>Du bearbeitest deine letzte Frage.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Config</name>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
    </message>
    <message>
        <source>Accept any model name</source>
        <translation>Jeden Modellnamen annehmen</translation>
    </message>
    <message>
        <source>Accepted pieces put before the student.</source>
        <translation>Angenommene Stücke, die dem Schüler vorgelegt werden.</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Address to listen on. Anything but loopback needs `allow_remote` and `api_key_file`.</source>
        <translation>Adresse, auf der gelauscht wird. Alles außer der eigenen (Loopback) braucht `allow_remote` und `api_key_file`.</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>Agent</translation>
    </message>
    <message>
        <source>Agent parameter</source>
        <translation>Agenten-Parameter</translation>
    </message>
    <message>
        <source>Agent that answers where a request names none.</source>
        <translation>Agent, der antwortet, wenn eine Anfrage keinen nennt.</translation>
    </message>
    <message>
        <source>Allow a non-loopback host. The bearer token is then the only lock.</source>
        <translation>Eine Adresse erlauben, die von außen erreichbar ist. Dann ist das Bearer-Token das einzige Schloss.</translation>
    </message>
    <message>
        <source>Allow other machines</source>
        <translation>Andere Rechner zulassen</translation>
    </message>
    <message>
        <source>Allowed web origins</source>
        <translation>Erlaubte Web-Ursprünge</translation>
    </message>
    <message>
        <source>Answer requests that name a model which is not loaded, with the one that is.</source>
        <translation>Anfragen, die ein nicht geladenes Modell nennen, mit dem geladenen beantworten.</translation>
    </message>
    <message>
        <source>Answers at once</source>
        <translation>Antworten zugleich</translation>
    </message>
    <message>
        <source>Answers made at once per variant; 0 fits it.</source>
        <translation>Antworten, die je Variante zugleich entstehen; 0 passt die Zahl an.</translation>
    </message>
    <message>
        <source>Anthropic</source>
        <translation>Anthropic</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>Auto</translation>
    </message>
    <message>
        <source>Autonomy</source>
        <translation>Autonomie</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>Basismodell</translation>
    </message>
    <message>
        <source>Budget of a refresh</source>
        <translation>Budget einer Auffrischung</translation>
    </message>
    <message>
        <source>Budget of a session</source>
        <translation>Budget einer Sitzung</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>CPU-Threads</translation>
    </message>
    <message>
        <source>CPU threads; 0 is physical cores - 1.</source>
        <translation>CPU-Threads; 0 heißt: physische Kerne - 1.</translation>
    </message>
    <message>
        <source>Change to a system prompt</source>
        <translation>Änderung an einem System-Prompt</translation>
    </message>
    <message>
        <source>Colours of the windows; system follows the desktop, live.</source>
        <translation>Farben der Fenster; „System“ folgt dem Desktop, sofort.</translation>
    </message>
    <message>
        <source>Context length</source>
        <translation>Kontextlänge</translation>
    </message>
    <message>
        <source>Context length in tokens; 0 fits it.</source>
        <translation>Kontextlänge in Tokens; 0 passt sie an.</translation>
    </message>
    <message>
        <source>Count the unknown</source>
        <translation>Unbekanntes zählen</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Deutsch</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Drift that warns</source>
        <translation>Abweichung, die warnt</translation>
    </message>
    <message>
        <source>Embedding model</source>
        <translation>Embedding-Modell</translation>
    </message>
    <message>
        <source>Endpoint of an OpenAI-compatible teacher, or a proxy; empty is the provider&apos;s own.</source>
        <translation>Adresse eines OpenAI-kompatiblen Lehrers oder eines Proxys; leer heißt: die des Anbieters.</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Examples at once</source>
        <translation>Beispiele auf einmal</translation>
    </message>
    <message>
        <source>Examples needed</source>
        <translation>Nötige Beispiele</translation>
    </message>
    <message>
        <source>Examples shown</source>
        <translation>Gezeigte Beispiele</translation>
    </message>
    <message>
        <source>Failures that count</source>
        <translation>Fehler, die zählen</translation>
    </message>
    <message>
        <source>Feedback up to this is a failure.</source>
        <translation>Eine Rückmeldung bis zu diesem Wert gilt als Fehler.</translation>
    </message>
    <message>
        <source>Fetch the embedding model</source>
        <translation>Embedding-Modell herunterladen</translation>
    </message>
    <message>
        <source>Fewest failures of one kind.</source>
        <translation>Mindestzahl von Fehlern derselben Art.</translation>
    </message>
    <message>
        <source>Fewest good examples for a training.</source>
        <translation>Mindestzahl guter Beispiele für ein Training.</translation>
    </message>
    <message>
        <source>Fewest new answers for a scheduled night.</source>
        <translation>Mindestzahl neuer Antworten für eine geplante Nacht.</translation>
    </message>
    <message>
        <source>Fewest scored runs before that is done.</source>
        <translation>So viele bewertete Läufe müssen mindestens da sein.</translation>
    </message>
    <message>
        <source>File (mode 0600) with a key of your own; empty uses the home&apos;s `server.token`.</source>
        <translation>Datei (Modus 0600) mit einem eigenen Schlüssel; leer heißt: `server.token` im Nightschool-Ordner.</translation>
    </message>
    <message>
        <source>Fixed examples</source>
        <translation>Feste Beispiele</translation>
    </message>
    <message>
        <source>Folder or hub name of the embedding model; empty is the shipped MiniLM.</source>
        <translation>Ordner oder Hub-Name des Embedding-Modells; leer heißt: das mitgelieferte MiniLM.</translation>
    </message>
    <message>
        <source>Go on in the tray when the last window is closed.</source>
        <translation>Nach dem Schließen des letzten Fensters im Infobereich weiterlaufen.</translation>
    </message>
    <message>
        <source>Good enough for a task</source>
        <translation>Gut genug für eine Aufgabe</translation>
    </message>
    <message>
        <source>Grow by itself</source>
        <translation>Von selbst wachsen</translation>
    </message>
    <message>
        <source>Hand answers that fail validation to the teacher.</source>
        <translation>Antworten, die ihre Prüfung nicht bestehen, dem Lehrer geben.</translation>
    </message>
    <message>
        <source>Hand over by itself</source>
        <translation>Von selbst übergeben</translation>
    </message>
    <message>
        <source>Held back for validation</source>
        <translation>Zur Prüfung zurückgehalten</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>How long a request waits for a model to load.</source>
        <translation>Wie lange eine Anfrage darauf wartet, dass ein Modell geladen ist.</translation>
    </message>
    <message>
        <source>How often each example is seen.</source>
        <translation>Wie oft jedes Beispiel gesehen wird.</translation>
    </message>
    <message>
        <source>How often to look for them.</source>
        <translation>Wie oft nach ihnen gesucht wird.</translation>
    </message>
    <message>
        <source>Its SHA-256</source>
        <translation>Dessen SHA-256</translation>
    </message>
    <message>
        <source>Keep running when closed</source>
        <translation>Beim Schließen weiterlaufen</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>Schlüsseldatei</translation>
    </message>
    <message>
        <source>Kind of agent</source>
        <translation>Art des Agenten</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Language of the windows; the app takes it up when it is started again.</source>
        <translation>Sprache der Fenster; sie gilt nach dem nächsten Start der App.</translation>
    </message>
    <message>
        <source>Largest request</source>
        <translation>Größte Anfrage</translation>
    </message>
    <message>
        <source>Largest request body, in MiB.</source>
        <translation>Größter Inhalt einer Anfrage, in MiB.</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>Schichten auf der GPU</translation>
    </message>
    <message>
        <source>Layers on the GPU; -1 fits them.</source>
        <translation>Schichten auf der GPU; -1 passt die Zahl an.</translation>
    </message>
    <message>
        <source>Learn by night</source>
        <translation>Nachts lernen</translation>
    </message>
    <message>
        <source>Least feedback of an answer that becomes a task.</source>
        <translation>Mindestwert der Rückmeldung zu einer Antwort, die zur Aufgabe wird.</translation>
    </message>
    <message>
        <source>Least gain in score that a change needs.</source>
        <translation>Mindestgewinn an Punkten, den eine Änderung bringen muss.</translation>
    </message>
    <message>
        <source>Least improvement</source>
        <translation>Mindestverbesserung</translation>
    </message>
    <message>
        <source>Least quality of an example, from 1 to 5.</source>
        <translation>Mindestgüte eines Beispiels, von 1 bis 5.</translation>
    </message>
    <message>
        <source>Least reward of an example.</source>
        <translation>Kleinste Belohnung eines Beispiels.</translation>
    </message>
    <message>
        <source>Let the desktop show notifications.</source>
        <translation>Den Desktop Benachrichtigungen zeigen lassen.</translation>
    </message>
    <message>
        <source>Let the embedder be fetched from the model hub.</source>
        <translation>Das Embedding-Modell vom Modell-Hub herunterladen lassen.</translation>
    </message>
    <message>
        <source>Let the teacher help</source>
        <translation>Lehrer helfen lassen</translation>
    </message>
    <message>
        <source>Let the teacher study what you rated.</source>
        <translation>Den Lehrer auswerten lassen, was du bewertet hast.</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Loading timeout</source>
        <translation>Wartezeit beim Laden</translation>
    </message>
    <message>
        <source>Longest agent task</source>
        <translation>Längste Aufgabe eines Agenten</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>Längste Antwort</translation>
    </message>
    <message>
        <source>Longest answer where the client names none.</source>
        <translation>Längste Antwort, wenn das Programm keine Länge nennt.</translation>
    </message>
    <message>
        <source>Longest wait</source>
        <translation>Längstes Warten</translation>
    </message>
    <message>
        <source>Longest wait for the teacher.</source>
        <translation>Längstes Warten auf den Lehrer.</translation>
    </message>
    <message>
        <source>Look for failures every</source>
        <translation>Nach Fehlern suchen alle</translation>
    </message>
    <message>
        <source>Looks of a diagnosis</source>
        <translation>Blicke einer Diagnose</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>Manuell</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>MiB</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model for a kind of question</source>
        <translation>Modell für eine Art von Fragen</translation>
    </message>
    <message>
        <source>Model parameter</source>
        <translation>Modell-Parameter</translation>
    </message>
    <message>
        <source>Model that is trained; empty is the student&apos;s own base.</source>
        <translation>Modell, das trainiert wird; leer heißt: das Basismodell des Schülers.</translation>
    </message>
    <message>
        <source>Model that studies by night.</source>
        <translation>Modell, das nachts auswertet.</translation>
    </message>
    <message>
        <source>Most examples of a role in one go; 0: all.</source>
        <translation>Höchstens so viele Beispiele einer Rolle auf einmal; 0: alle.</translation>
    </message>
    <message>
        <source>Most loss</source>
        <translation>Größter Verlust</translation>
    </message>
    <message>
        <source>Most statements a client makes a minute.</source>
        <translation>Höchstzahl der Bewertungen, die ein Programm je Minute abgibt.</translation>
    </message>
    <message>
        <source>Most tasks</source>
        <translation>Höchstzahl der Aufgaben</translation>
    </message>
    <message>
        <source>Most tasks in the benchmark.</source>
        <translation>Höchstzahl der Aufgaben im Benchmark.</translation>
    </message>
    <message>
        <source>Most that any kind of task may fall.</source>
        <translation>Höchstens so weit darf irgendeine Art von Aufgaben zurückfallen.</translation>
    </message>
    <message>
        <source>Most that the teacher may cost in one session.</source>
        <translation>Höchstens so viel darf der Lehrer in einer Sitzung kosten.</translation>
    </message>
    <message>
        <source>Most that the teacher may cost to write the tasks&apos; answers.</source>
        <translation>Höchstens so viel darf der Lehrer für die Antworten zu den Aufgaben kosten.</translation>
    </message>
    <message>
        <source>Most tool calls of the teacher in a diagnosis.</source>
        <translation>Höchstzahl der Werkzeugaufrufe des Lehrers in einer Diagnose.</translation>
    </message>
    <message>
        <source>Name of the student; empty is the demo student.</source>
        <translation>Name des Schülers; leer heißt: der Demo-Schüler.</translation>
    </message>
    <message>
        <source>Names that no example may hold: yours, your firm&apos;s; in any case of their letters.</source>
        <translation>Namen, die in keinem Beispiel stehen dürfen: deiner, der deiner Firma; ob groß oder klein geschrieben.</translation>
    </message>
    <message>
        <source>Nearly the same</source>
        <translation>Fast gleich</translation>
    </message>
    <message>
        <source>New answers needed</source>
        <translation>Nötige neue Antworten</translation>
    </message>
    <message>
        <source>New system prompt</source>
        <translation>Neuer System-Prompt</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Nothing on the screen is animated; system follows the desktop.</source>
        <translation>Nichts auf dem Bildschirm wird animiert; „System“ folgt dem Desktop.</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Benachrichtigungen</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>On</source>
        <translation>An</translation>
    </message>
    <message>
        <source>OpenAI</source>
        <translation>OpenAI</translation>
    </message>
    <message>
        <source>Partly accepted pieces shown as warnings.</source>
        <translation>Teilweise angenommene Stücke, die als Warnung gezeigt werden.</translation>
    </message>
    <message>
        <source>Pieces of past work that are ranked.</source>
        <translation>Stücke früherer Arbeit, die in eine Rangfolge kommen.</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>Port; 0 takes a free one.</source>
        <translation>Port; 0 nimmt einen freien.</translation>
    </message>
    <message>
        <source>Private names</source>
        <translation>Private Namen</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Put accepted past work before the student.</source>
        <translation>Dem Schüler angenommene frühere Arbeit vorlegen.</translation>
    </message>
    <message>
        <source>Quality needed</source>
        <translation>Nötige Güte</translation>
    </message>
    <message>
        <source>Quiet from</source>
        <translation>Ruhe ab</translation>
    </message>
    <message>
        <source>Quiet until</source>
        <translation>Ruhe bis</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Rank of the adapter.</source>
        <translation>Rang des Adapters.</translation>
    </message>
    <message>
        <source>Ranked pieces</source>
        <translation>Stücke in der Rangfolge</translation>
    </message>
    <message>
        <source>Ratings a minute</source>
        <translation>Bewertungen je Minute</translation>
    </message>
    <message>
        <source>Reduced motion</source>
        <translation>Weniger Bewegung</translation>
    </message>
    <message>
        <source>Relative change of a count from one run to the next that warns.</source>
        <translation>Relative Änderung einer Anzahl von einem Lauf zum nächsten, ab der gewarnt wird.</translation>
    </message>
    <message>
        <source>Request timeout</source>
        <translation>Wartezeit für Anfragen</translation>
    </message>
    <message>
        <source>Requests that may wait before new ones are refused.</source>
        <translation>Anfragen, die warten dürfen, bevor neue abgewiesen werden.</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Reviews</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Reward needed</source>
        <translation>Nötige Belohnung</translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation>Runden</translation>
    </message>
    <message>
        <source>Runs needed</source>
        <translation>Nötige Läufe</translation>
    </message>
    <message>
        <source>SHA-256 that the embedder&apos;s weights must have; empty: only the shipped one is pinned.</source>
        <translation>SHA-256, den die Gewichte des Embedding-Modells haben müssen; leer: Nur das mitgelieferte ist festgelegt.</translation>
    </message>
    <message>
        <source>Share of common word groups from which an example repeats an earlier one.</source>
        <translation>Anteil gemeinsamer Wortgruppen, ab dem ein Beispiel ein früheres wiederholt.</translation>
    </message>
    <message>
        <source>Share of conversations that examples are checked with, not made from.</source>
        <translation>Anteil der Unterhaltungen, mit denen Beispiele geprüft werden, statt daraus zu lernen.</translation>
    </message>
    <message>
        <source>Shortest agent task</source>
        <translation>Kürzeste Aufgabe eines Agenten</translation>
    </message>
    <message>
        <source>Show no window at the start where there is a tray.</source>
        <translation>Beim Start kein Fenster zeigen, wo es einen Infobereich gibt.</translation>
    </message>
    <message>
        <source>Start in the tray</source>
        <translation>Im Infobereich starten</translation>
    </message>
    <message>
        <source>Strong colours and borders; system follows the desktop.</source>
        <translation>Kräftige Farben und Ränder; „System“ folgt dem Desktop.</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>Schüler</translation>
    </message>
    <message>
        <source>Study at the time below.</source>
        <translation>Zur Zeit unten auswerten.</translation>
    </message>
    <message>
        <source>Study early when failures of one kind gather.</source>
        <translation>Früher auswerten, wenn sich Fehler einer Art häufen.</translation>
    </message>
    <message>
        <source>Study on a schedule</source>
        <translation>Nach Zeitplan auswerten</translation>
    </message>
    <message>
        <source>Study when failures gather</source>
        <translation>Auswerten, wenn sich Fehler häufen</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Take 0.5 where you said nothing, and 1 where there are no tests.</source>
        <translation>0,5 annehmen, wo du nichts gesagt hast, und 1, wo es keine Tests gibt.</translation>
    </message>
    <message>
        <source>Take every task instead.</source>
        <translation>Stattdessen jede Aufgabe nehmen.</translation>
    </message>
    <message>
        <source>Take new answers that you liked into the benchmark.</source>
        <translation>Neue Antworten, die dir gefielen, in den Benchmark aufnehmen.</translation>
    </message>
    <message>
        <source>Tasks a run</source>
        <translation>Aufgaben je Lauf</translation>
    </message>
    <message>
        <source>Tasks of the benchmark in one run of the gate.</source>
        <translation>Aufgaben des Benchmarks in einem Lauf der Prüfschranke.</translation>
    </message>
    <message>
        <source>Tell when something waits for your approval.</source>
        <translation>Melden, wenn etwas auf deine Zustimmung wartet.</translation>
    </message>
    <message>
        <source>Tell when something went wrong.</source>
        <translation>Melden, wenn etwas schiefging.</translation>
    </message>
    <message>
        <source>The teacher&apos;s model</source>
        <translation>Das Modell des Lehrers</translation>
    </message>
    <message>
        <source>The teacher&apos;s model.</source>
        <translation>Das Modell des Lehrers.</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farbschema</translation>
    </message>
    <message>
        <source>Tiered</source>
        <translation>Gestuft</translation>
    </message>
    <message>
        <source>Time in which a request must have arrived.</source>
        <translation>Zeit, in der eine Anfrage angekommen sein muss.</translation>
    </message>
    <message>
        <source>Tool description</source>
        <translation>Beschreibung eines Werkzeugs</translation>
    </message>
    <message>
        <source>Tool given</source>
        <translation>Werkzeug hinzu</translation>
    </message>
    <message>
        <source>Tool taken</source>
        <translation>Werkzeug weg</translation>
    </message>
    <message>
        <source>Train adapters</source>
        <translation>Adapter trainieren</translation>
    </message>
    <message>
        <source>Train an adapter when there is enough to learn from.</source>
        <translation>Einen Adapter trainieren, wenn es genug zu lernen gibt.</translation>
    </message>
    <message>
        <source>Training of an adapter</source>
        <translation>Training eines Adapters</translation>
    </message>
    <message>
        <source>USD</source>
        <translation>USD</translation>
    </message>
    <message>
        <source>Unload when idle for</source>
        <translation>Entladen nach Leerlauf von</translation>
    </message>
    <message>
        <source>Unload when idle so long; 0 never.</source>
        <translation>Nach so langem Leerlauf entladen; 0 heißt: nie.</translation>
    </message>
    <message>
        <source>Use past work</source>
        <translation>Frühere Arbeit nutzen</translation>
    </message>
    <message>
        <source>Waiting requests</source>
        <translation>Wartende Anfragen</translation>
    </message>
    <message>
        <source>Warnings shown</source>
        <translation>Gezeigte Warnungen</translation>
    </message>
    <message>
        <source>Web origins that may call the server; none by default.</source>
        <translation>Web-Ursprünge, die den Server ansprechen dürfen; von sich aus keine.</translation>
    </message>
    <message>
        <source>Weight of compiling</source>
        <translation>Gewicht des Übersetzens</translation>
    </message>
    <message>
        <source>Weight of errors</source>
        <translation>Gewicht der Fehler</translation>
    </message>
    <message>
        <source>Weight of tests</source>
        <translation>Gewicht der Tests</translation>
    </message>
    <message>
        <source>Weight of your word</source>
        <translation>Gewicht deines Urteils</translation>
    </message>
    <message>
        <source>What few errors of linters, types, schemas and boundaries weigh.</source>
        <translation>Was es wiegt, wenn Linter, Typen, Schemata und Grenzen wenige Fehler zeigen.</translation>
    </message>
    <message>
        <source>What is a failure</source>
        <translation>Was als Fehler gilt</translation>
    </message>
    <message>
        <source>What it weighs in the reward that the work compiles.</source>
        <translation>Was es in der Belohnung wiegt, dass die Arbeit sich übersetzen lässt.</translation>
    </message>
    <message>
        <source>What the share of passed tests weighs in the reward.</source>
        <translation>Was der Anteil bestandener Tests in der Belohnung wiegt.</translation>
    </message>
    <message>
        <source>What your own rating weighs in the reward.</source>
        <translation>Was deine eigene Bewertung in der Belohnung wiegt.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>When notifications fall silent, as 22:00; empty: never.</source>
        <translation>Ab wann Benachrichtigungen schweigen, etwa 22:00; leer: nie.</translation>
    </message>
    <message>
        <source>When notifications may be heard again, as 08:00; empty: never silent.</source>
        <translation>Ab wann Benachrichtigungen wieder zu hören sind, etwa 08:00; leer: Sie schweigen nie.</translation>
    </message>
    <message>
        <source>When to study, as cron writes it, in local time; 0 3 * * * is daily at 03:00.</source>
        <translation>Wann ausgewertet wird, in der Schreibweise von cron, in Ortszeit; 0 3 * * * heißt täglich um 03:00.</translation>
    </message>
    <message>
        <source>Who lets it through; empty is auto.</source>
        <translation>Wer sie durchlässt; leer heißt: Auto.</translation>
    </message>
    <message>
        <source>Who lets it through; empty is manual, and it stays so.</source>
        <translation>Wer sie durchlässt; leer heißt: Manuell, und dabei bleibt es.</translation>
    </message>
    <message>
        <source>Who lets it through; empty is review.</source>
        <translation>Wer sie durchlässt; leer heißt: Prüfung.</translation>
    </message>
    <message>
        <source>Who the teacher is; openai is any endpoint that speaks its protocol.</source>
        <translation>Wer der Lehrer ist; OpenAI steht für jede Adresse, die dessen Protokoll spricht.</translation>
    </message>
    <message>
        <source>Whole benchmark</source>
        <translation>Ganzer Benchmark</translation>
    </message>
    <message>
        <source>Work with tools that took less is no example.</source>
        <translation>Arbeit mit Werkzeugen, die kürzer dauerte, ist kein Beispiel.</translation>
    </message>
    <message>
        <source>Work with tools that took more is no example.</source>
        <translation>Arbeit mit Werkzeugen, die länger dauerte, ist kein Beispiel.</translation>
    </message>
    <message>
        <source>Write examples for training as soon as there is enough work.</source>
        <translation>Beispiele zum Trainieren schreiben, sobald genug Arbeit da ist.</translation>
    </message>
    <message>
        <source>auto asks never, tiered by the risk of the change, manual always.</source>
        <translation>„Auto“ fragt nie, „Gestuft“ je nach Risiko der Änderung, „Manuell“ immer.</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>(nothing was asked in words)</source>
        <translation>(es wurde nichts in Worten gefragt)</translation>
    </message>
    <message>
        <source>not asked by you</source>
        <translation>nicht von dir gefragt</translation>
    </message>
</context>
<context>
    <name>ConversationPane</name>
    <message>
        <source>Search conversations</source>
        <translation>Gespräche durchsuchen</translation>
    </message>
    <message>
        <source>Ne&amp;w conversation</source>
        <translation>Neues Gesp&amp;räch</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Gespräche</translation>
    </message>
    <message>
        <source>&amp;Forget this conversation…</source>
        <translation>Dieses Gespräch &amp;vergessen…</translation>
    </message>
    <message>
        <source>No conversation holds these words.</source>
        <translation>In keinem Gespräch kommen diese Wörter vor.</translation>
    </message>
    <message>
        <source>No conversation yet.</source>
        <translation>Noch kein Gespräch.</translation>
    </message>
</context>
<context>
    <name>ConversationView</name>
    <message>
        <source>Messages</source>
        <translation>Nachrichten</translation>
    </message>
    <message numerus="yes">
        <source>Show %n earlier message(s)</source>
        <translation>
            <numerusform>%n frühere Nachricht zeigen</numerusform>
            <numerusform>%n frühere Nachrichten zeigen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>Endpoint and key are copied</source>
        <translation>Adresse und Schlüssel sind kopiert</translation>
    </message>
    <message>
        <source>Whoever has the key can use this server and read what it stores.</source>
        <translation>Wer den Schlüssel hat, kann diesen Server benutzen und lesen, was er aufhebt.</translation>
    </message>
    <message>
        <source>The server is not running now.</source>
        <translation>Der Server läuft gerade nicht.</translation>
    </message>
    <message>
        <source>Try again when Nightschool says it is ready.</source>
        <translation>Versuche es noch einmal, wenn Nightschool sagt, dass es bereit ist.</translation>
    </message>
    <message>
        <source>Diagnostics are copied</source>
        <translation>Die Diagnose ist kopiert</translation>
    </message>
    <message>
        <source>They hold versions, settings and errors; no chats and no keys.</source>
        <translation>Sie enthält Versionen, Einstellungen und Fehler; keine Chats und keine Schlüssel.</translation>
    </message>
</context>
<context>
    <name>CorrectionEditor</name>
    <message>
        <source>What would have been the &amp;right answer? The student is shown it from now on.</source>
        <translation>&amp;Was wäre die richtige Antwort gewesen? Der Schüler bekommt sie von nun an gezeigt.</translation>
    </message>
    <message>
        <source>The right answer</source>
        <translation>Die richtige Antwort</translation>
    </message>
    <message>
        <source>&amp;Save correction</source>
        <translation>Korrektur spei&amp;chern</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Strg+Enter</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message numerus="yes">
        <source>%n answers that you chose</source>
        <translation>
            <numerusform>%n ausgewählte Antwort</numerusform>
            <numerusform>%n ausgewählte Antworten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers that go on from it</source>
        <translation>
            <numerusform>%n Antwort, die daran anschließt</numerusform>
            <numerusform>%n Antworten, die daran anschließen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers for which it was shown to the student</source>
        <translation>
            <numerusform>%n Antwort, für die der Schüler sie gesehen hat</numerusform>
            <numerusform>%n Antworten, für die der Schüler sie gesehen hat</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers that hold the same words</source>
        <translation>
            <numerusform>%n Antwort mit denselben Wörtern</numerusform>
            <numerusform>%n Antworten mit denselben Wörtern</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rows of evidence</source>
        <translation>
            <numerusform>%n Beleg</numerusform>
            <numerusform>%n Belege</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n examples in datasets</source>
        <translation>
            <numerusform>%n Beispiel in Datensätzen</numerusform>
            <numerusform>%n Beispiele in Datensätzen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tasks of the benchmark</source>
        <translation>
            <numerusform>%n Aufgabe des Benchmarks</numerusform>
            <numerusform>%n Aufgaben des Benchmarks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rows and files elsewhere</source>
        <translation>
            <numerusform>%n Zeile oder Datei an anderer Stelle</numerusform>
            <numerusform>%n Zeilen und Dateien an anderen Stellen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers were forgotten.</source>
        <translation>
            <numerusform>%n Antwort wurde vergessen.</numerusform>
            <numerusform>%n Antworten wurden vergessen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>… and %n more places.</source>
        <translation>
            <numerusform>… und %n weitere Stelle.</numerusform>
            <numerusform>… und %n weitere Stellen.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DecisionBar</name>
    <message>
        <source>&amp;Accept for learning</source>
        <translation>Zum Lernen &amp;annehmen</translation>
    </message>
    <message>
        <source>&amp;Keep out</source>
        <translation>&amp;Draußen lassen</translation>
    </message>
    <message>
        <source>Only what you accept is learned from. What is kept out stays unused.</source>
        <translation>Gelernt wird nur aus dem, was du annimmst. Was draußen bleibt, wird nicht benutzt.</translation>
    </message>
    <message>
        <source>&amp;Try it</source>
        <translation>&amp;Ausprobieren</translation>
    </message>
    <message>
        <source>&amp;Reject…</source>
        <translation>Able&amp;hnen…</translation>
    </message>
    <message>
        <source>It is still gated: trying it changes nothing for good unless the gate finds it better.</source>
        <translation>Die Prüfschranke kommt noch: Ausprobieren ändert nichts auf Dauer, wenn sie es nicht besser findet.</translation>
    </message>
    <message>
        <source>This version of Nightschool cannot read the change, so it cannot be tried; update it first.</source>
        <translation>Diese Version von Nightschool kann die Änderung nicht lesen, also lässt sie sich nicht ausprobieren; bitte erst aktualisieren.</translation>
    </message>
    <message>
        <source>Accepted for learning, {}.</source>
        <translation>Zum Lernen angenommen, {}.</translation>
    </message>
    <message>
        <source>Approved, {}.</source>
        <translation>Zugestimmt, {}.</translation>
    </message>
    <message>
        <source>Kept out, {}.</source>
        <translation>Draußen gelassen, {}.</translation>
    </message>
    <message>
        <source>Rejected, {}.</source>
        <translation>Abgelehnt, {}.</translation>
    </message>
    <message>
        <source>Reason: {}</source>
        <translation>Grund: {}</translation>
    </message>
    <message>
        <source>Key: A</source>
        <translation>Taste: A</translation>
    </message>
    <message>
        <source>Key: R</source>
        <translation>Taste: R</translation>
    </message>
</context>
<context>
    <name>Deletion</name>
    <message>
        <source>Nothing holds these words.</source>
        <translation>Nirgends kommen diese Wörter vor.</translation>
    </message>
    <message>
        <source>Nothing has been asked yet.</source>
        <translation>Noch wurde nichts gefragt.</translation>
    </message>
    <message>
        <source>Forget what is selected?</source>
        <translation>Das Ausgewählte vergessen?</translation>
    </message>
    <message>
        <source>Forget the whole conversation?</source>
        <translation>Das ganze Gespräch vergessen?</translation>
    </message>
    <message>
        <source>Forget everything from {first} to {last}?</source>
        <translation>Alles vom {first} bis {last} vergessen?</translation>
    </message>
    <message>
        <source>Forget everything?</source>
        <translation>Alles vergessen?</translation>
    </message>
    <message>
        <source>There is nothing to forget there.</source>
        <translation>Da gibt es nichts zu vergessen.</translation>
    </message>
    <message numerus="yes">
        <source>%n answers go, with their ratings, from the database, its backups and what was made of them.</source>
        <translation>
            <numerusform>%n Antwort geht, mit ihren Bewertungen, aus der Datenbank, ihren Sicherungen und dem, was daraus gemacht wurde.</numerusform>
            <numerusform>%n Antworten gehen, mit ihren Bewertungen, aus der Datenbank, ihren Sicherungen und dem, was daraus gemacht wurde.</numerusform>
        </translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message numerus="yes">
        <source>Forget %n answers</source>
        <translation>
            <numerusform>%n Antwort vergessen</numerusform>
            <numerusform>%n Antworten vergessen</numerusform>
        </translation>
    </message>
    <message>
        <source>Forgetting…</source>
        <translation>Wird vergessen…</translation>
    </message>
    <message numerus="yes">
        <source>%n answers were forgotten.</source>
        <translation>
            <numerusform>%n Antwort wurde vergessen.</numerusform>
            <numerusform>%n Antworten wurden vergessen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n were gone already.</source>
        <translation>
            <numerusform>%n war schon weg.</numerusform>
            <numerusform>%n waren schon weg.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backups were cleaned.</source>
        <translation>
            <numerusform>%n Sicherung wurde bereinigt.</numerusform>
            <numerusform>%n Sicherungen wurden bereinigt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Evidence is being made just now: what it holds of them goes when that has ended.</source>
        <translation>An den Belegen wird gerade gearbeitet: Was sie davon enthalten, verschwindet, sobald das beendet ist.</translation>
    </message>
    <message>
        <source>Search what was asked and answered</source>
        <translation>Durchsuchen, was gefragt und geantwortet wurde</translation>
    </message>
    <message>
        <source>Answers, newest first</source>
        <translation>Antworten, neueste zuerst</translation>
    </message>
    <message>
        <source>&amp;Forget this…</source>
        <translation>Dies &amp;vergessen…</translation>
    </message>
    <message>
        <source>Forget its &amp;conversation…</source>
        <translation>Das &amp;Gespräch dazu vergessen…</translation>
    </message>
    <message>
        <source>Forget it every&amp;where…</source>
        <translation>&amp;Überall vergessen…</translation>
    </message>
    <message>
        <source>Forget e&amp;verything…</source>
        <translation>&amp;Alles vergessen…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Forgetting</source>
        <translation>Vergessen läuft</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
    <message>
        <source>What is forgotten leaves the database, its backups, the index of past work and what was made of it to learn from. Only its bare number is kept, so that it cannot come back.</source>
        <translation>Was vergessen ist, verlässt die Datenbank, ihre Sicherungen, das Verzeichnis der früheren Arbeit und was zum Lernen daraus gemacht wurde. Nur die bloße Nummer bleibt, damit es nicht zurückkommen kann.</translation>
    </message>
    <message>
        <source>From the da&amp;y</source>
        <translation>V&amp;om Tag</translation>
    </message>
    <message>
        <source>up &amp;to</source>
        <translation>&amp;bis</translation>
    </message>
    <message>
        <source>First day to forget</source>
        <translation>Erster Tag, der vergessen wird</translation>
    </message>
    <message>
        <source>Last day to forget</source>
        <translation>Letzter Tag, der vergessen wird</translation>
    </message>
    <message>
        <source>Forget these &amp;days…</source>
        <translation>Diese Tag&amp;e vergessen…</translation>
    </message>
    <message numerus="yes">
        <source>You cancelled: %n are still there.</source>
        <translation>
            <numerusform>Du hast abgebrochen: %n ist noch da.</numerusform>
            <numerusform>Du hast abgebrochen: %n sind noch da.</numerusform>
        </translation>
    </message>
    <message>
        <source>The database was being read; its last traces go when that ends.</source>
        <translation>Die Datenbank wurde gerade gelesen; ihre letzten Spuren verschwinden, wenn das endet.</translation>
    </message>
</context>
<context>
    <name>DiffView</name>
    <message>
        <source>The change, line by line</source>
        <translation>Die Änderung, Zeile für Zeile</translation>
    </message>
</context>
<context>
    <name>DonePage</name>
    <message>
        <source>That is all</source>
        <translation>Das war alles</translation>
    </message>
    <message>
        <source>Nightschool stands in the tray: there you rate the last answer, whichever program asked for it. Where there is no tray, the chat&apos;s window has everything.</source>
        <translation>Nightschool steht im Infobereich: Dort bewertest du die letzte Antwort, gleich welches Programm gefragt hat. Wo es keinen Infobereich gibt, hat das Chatfenster alles.</translation>
    </message>
    <message>
        <source>&amp;Ask this in the chat</source>
        <translation>Dies im Chat &amp;fragen</translation>
    </message>
    <message>
        <source>What can you help me with?</source>
        <translation>Wobei kannst du mir helfen?</translation>
    </message>
    <message>
        <source>A question to begin with: {}</source>
        <translation>Eine Frage für den Anfang: {}</translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Progress of {name}</source>
        <translation>Fortschritt von {name}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Nochmal versuchen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Put away</source>
        <translation>Weglegen</translation>
    </message>
    <message>
        <source>File of {name}</source>
        <translation>Datei von {name}</translation>
    </message>
    <message>
        <source>Download this</source>
        <translation>Diese herunterladen</translation>
    </message>
</context>
<context>
    <name>Downloads</name>
    <message>
        <source>The download ended before it was done. What came so far is kept; resume it to go on.</source>
        <translation>Der Download endete, bevor er fertig war. Was bisher kam, bleibt; zum Weitermachen fortsetzen.</translation>
    </message>
    <message>
        <source>The repository holds several students. Which one?</source>
        <translation>Das Repository enthält mehrere Schüler. Welcher soll es sein?</translation>
    </message>
    <message>
        <source>Paused at {so_far}.</source>
        <translation>Angehalten bei {so_far}.</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>Wird angehalten…</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Wird abgebrochen…</translation>
    </message>
    <message>
        <source>Proving that it is whole: {so_far}</source>
        <translation>Prüft, ob alles da ist: {so_far}</translation>
    </message>
    <message>
        <source>Asking the hub…</source>
        <translation>Fragt den Hub…</translation>
    </message>
    <message>
        <source>{so_far}, {rate} a second, {left} left</source>
        <translation>{so_far}, {rate} je Sekunde, noch {left}</translation>
    </message>
    <message>
        <source>Installed as {name}: whole, by the hub&apos;s SHA-256.</source>
        <translation>Installiert als {name}: vollständig, nach dem SHA-256 des Hubs.</translation>
    </message>
    <message>
        <source>Installed as {name}. The hub states no SHA-256 for it: only its size and format were checked.</source>
        <translation>Installiert als {name}. Der Hub nennt keinen SHA-256 dafür: Nur Größe und Format wurden geprüft.</translation>
    </message>
    <message>
        <source>{done} of {size}</source>
        <translation>{done} von {size}</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} min</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h} h {m} min</translation>
    </message>
</context>
<context>
    <name>DownloadsView</name>
    <message>
        <source>Well-known students</source>
        <translation>Bekannte Schüler</translation>
    </message>
    <message>
        <source>&amp;Download</source>
        <translation>He&amp;runterladen</translation>
    </message>
    <message>
        <source>Download the chosen student</source>
        <translation>Den gewählten Schüler herunterladen</translation>
    </message>
    <message>
        <source>Another student: its repository and file, or its address</source>
        <translation>Ein anderer Schüler: sein Repository und seine Datei, oder seine Adresse</translation>
    </message>
    <message>
        <source>OWNER/REPO:FILE, or an address on the hub</source>
        <translation>BESITZER/REPO:DATEI, oder eine Adresse auf dem Hub</translation>
    </message>
    <message>
        <source>Do&amp;wnload</source>
        <translation>Herun&amp;terladen</translation>
    </message>
    <message>
        <source>Download what is named in the field</source>
        <translation>Herunterladen, was im Feld steht</translation>
    </message>
    <message>
        <source>Nothing is fetched until you ask. Files come from {hub}, without an account; every request stands in the egress log. A student counts as installed only when its size, its SHA-256 as the hub states it, and its format are proven.</source>
        <translation>Nichts wird geholt, bevor du darum bittest. Dateien kommen von {hub}, ohne Konto; jede Anfrage steht im Ausgangsprotokoll. Ein Schüler gilt erst als installiert, wenn seine Größe, sein SHA-256 nach Angabe des Hubs und sein Format bewiesen sind.</translation>
    </message>
    <message>
        <source>Well-known st&amp;udents:</source>
        <translation>&amp;Bekannte Schüler:</translation>
    </message>
    <message>
        <source>An&amp;other:</source>
        <translation>Ein &amp;anderer:</translation>
    </message>
    <message>
        <source>{name} · {parameters} · about {size} GiB · {licence}</source>
        <translation>{name} · {parameters} · etwa {size} GiB · {licence}</translation>
    </message>
    <message>
        <source>{repo}: {purpose}.</source>
        <translation>{repo}: {purpose}.</translation>
    </message>
</context>
<context>
    <name>EditView</name>
    <message>
        <source>What would change</source>
        <translation>Was sich ändern würde</translation>
    </message>
    <message>
        <source>No lines of a file: {}</source>
        <translation>Keine Zeilen einer Datei: {}</translation>
    </message>
    <message>
        <source>What the gate found</source>
        <translation>Was die Prüfschranke fand</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Belege</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>To propose this, the teacher was paid: {}.</source>
        <translation>Für diesen Vorschlag bekam der Lehrer: {}.</translation>
    </message>
</context>
<context>
    <name>EgressTable</name>
    <message>
        <source>Reading the log…</source>
        <translation>Das Protokoll wird gelesen…</translation>
    </message>
    <message>
        <source>Show &amp;older</source>
        <translation>Älte&amp;re zeigen</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>What left this machine</source>
        <translation>Was diesen Rechner verlassen hat</translation>
    </message>
    <message>
        <source>Every request is written down before its connection is made: where, why and how much, never its contents.</source>
        <translation>Jede Anfrage wird aufgeschrieben, bevor ihre Verbindung entsteht: wohin, warum und wie viel, nie ihr Inhalt.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wohin</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Empfangen</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>no answer yet, or cut off</source>
        <translation>noch keine Antwort, oder abgerissen</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>beantwortet</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>broken off</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>Nothing has left this machine.</source>
        <translation>Nichts hat diesen Rechner verlassen.</translation>
    </message>
    <message>
        <source>{requests} requests to {hosts} addresses; {sent} sent, {received} received.</source>
        <translation>{requests} Anfragen an {hosts} Adressen; {sent} gesendet, {received} empfangen.</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>A file went away while it was read</source>
        <translation>Eine Datei verschwand, während sie gelesen wurde</translation>
    </message>
    <message>
        <source>A helper process stopped</source>
        <translation>Ein Hilfsprozess hat aufgehört</translation>
    </message>
    <message>
        <source>A process that helped was ended</source>
        <translation>Ein helfender Prozess wurde beendet</translation>
    </message>
    <message>
        <source>A receipt cannot be read</source>
        <translation>Eine Quittung ist nicht lesbar</translation>
    </message>
    <message>
        <source>A server is already running</source>
        <translation>Ein Server läuft bereits</translation>
    </message>
    <message>
        <source>Evidence is damaged</source>
        <translation>Belege sind beschädigt</translation>
    </message>
    <message>
        <source>It still stands in files</source>
        <translation>Es steht noch in Dateien</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
    <message>
        <source>Nothing was sent</source>
        <translation>Nichts wurde gesendet</translation>
    </message>
    <message>
        <source>Something could not be done</source>
        <translation>Etwas war nicht möglich</translation>
    </message>
    <message>
        <source>Something is being forgotten</source>
        <translation>Es wird gerade etwas vergessen</translation>
    </message>
    <message>
        <source>That request cannot be understood</source>
        <translation>Diese Anfrage ist nicht zu verstehen</translation>
    </message>
    <message>
        <source>The check by a second run failed</source>
        <translation>Die Prüfung durch einen zweiten Lauf ist misslungen</translation>
    </message>
    <message>
        <source>The configuration is wrong</source>
        <translation>Die Konfiguration ist falsch</translation>
    </message>
    <message>
        <source>The database cannot be used</source>
        <translation>Die Datenbank lässt sich nicht benutzen</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>Die Festplatte ist voll</translation>
    </message>
    <message>
        <source>The download did not succeed</source>
        <translation>Der Download ist nicht gelungen</translation>
    </message>
    <message>
        <source>The evidence is being worked on</source>
        <translation>An den Belegen wird gerade gearbeitet</translation>
    </message>
    <message>
        <source>The model is not ready</source>
        <translation>Das Modell ist nicht bereit</translation>
    </message>
    <message>
        <source>The request was not let in</source>
        <translation>Die Anfrage wurde nicht zugelassen</translation>
    </message>
    <message>
        <source>The search index is damaged</source>
        <translation>Das Suchverzeichnis ist beschädigt</translation>
    </message>
    <message>
        <source>The server refused</source>
        <translation>Der Server hat abgelehnt</translation>
    </message>
    <message>
        <source>The teacher could not be asked</source>
        <translation>Der Lehrer konnte nicht gefragt werden</translation>
    </message>
    <message>
        <source>This cannot be exported</source>
        <translation>Das kann nicht exportiert werden</translation>
    </message>
    <message>
        <source>This cannot be forgotten now</source>
        <translation>Das kann jetzt nicht vergessen werden</translation>
    </message>
    <message>
        <source>This cannot be imported</source>
        <translation>Das lässt sich nicht importieren</translation>
    </message>
    <message>
        <source>This desktop shows no notifications</source>
        <translation>Dieser Desktop zeigt keine Benachrichtigungen</translation>
    </message>
    <message>
        <source>This job is no longer yours</source>
        <translation>Dieser Auftrag gehört dir nicht mehr</translation>
    </message>
    <message>
        <source>This mapping cannot be used</source>
        <translation>Diese Zuordnung ist nicht brauchbar</translation>
    </message>
    <message>
        <source>This model file cannot be used</source>
        <translation>Diese Modelldatei ist nicht brauchbar</translation>
    </message>
    <message>
        <source>Too many requests</source>
        <translation>Zu viele Anfragen</translation>
    </message>
    <message>
        <source>Too many requests are waiting</source>
        <translation>Zu viele Anfragen warten</translation>
    </message>
</context>
<context>
    <name>EvidenceList</name>
    <message>
        <source>No evidence was given.</source>
        <translation>Es wurde kein Beleg angegeben.</translation>
    </message>
    <message>
        <source>Open answer</source>
        <translation>Antwort öffnen</translation>
    </message>
    <message>
        <source>Open the answer of evidence {}</source>
        <translation>Die Antwort zu Beleg {} öffnen</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>E&amp;xport my data…</source>
        <translation>Meine Daten e&amp;xportieren…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel the export</source>
        <translation>Den Export abbrechen</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>Export läuft</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>One archive with your answers, ratings, settings and agents, readable by other programs. No keys are in it, and nothing is taken out: whoever has it can read your chats.</source>
        <translation>Ein Archiv mit deinen Antworten, Bewertungen, Einstellungen und Agenten, lesbar für andere Programme. Schlüssel sind nicht darin, und geschwärzt wird nichts: Wer es hat, kann deine Chats lesen.</translation>
    </message>
    <message>
        <source>Export my data</source>
        <translation>Meine Daten exportieren</translation>
    </message>
    <message>
        <source>Archives (*.zip)</source>
        <translation>Archive (*.zip)</translation>
    </message>
    <message>
        <source>Cancelled. No file was left behind.</source>
        <translation>Abgebrochen. Es blieb keine Datei zurück.</translation>
    </message>
    <message numerus="yes">
        <source>%n answers were exported to {path} ({size}).</source>
        <translation>
            <numerusform>%n Antwort wurde nach {path} exportiert ({size}).</numerusform>
            <numerusform>%n Antworten wurden nach {path} exportiert ({size}).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Field</name>
    <message>
        <source>Reset to default</source>
        <translation>Auf Standard zurücksetzen</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>Meins behalten</translation>
    </message>
    <message>
        <source>Take the other</source>
        <translation>Das andere nehmen</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>This was changed elsewhere to “{value}” while you typed. Nothing of yours is lost: choose.</source>
        <translation>Während du tipptest, wurde dies anderswo zu „{value}“ geändert. Von dir geht nichts verloren: Du hast die Wahl.</translation>
    </message>
    <message>
        <source>Takes effect when the model server is restarted.</source>
        <translation>Gilt, sobald der Modellserver neu gestartet ist.</translation>
    </message>
</context>
<context>
    <name>FigureView</name>
    <message>
        <source>Day</source>
        <translation>Tag</translation>
    </message>
</context>
<context>
    <name>FiguresPage</name>
    <message>
        <source>7 days</source>
        <translation>7 Tage</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 Tage</translation>
    </message>
    <message>
        <source>90 days</source>
        <translation>90 Tage</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Show as &amp;table</source>
        <translation>Als &amp;Tabelle zeigen</translation>
    </message>
    <message>
        <source>&amp;Time</source>
        <translation>&amp;Zeitraum</translation>
    </message>
    <message>
        <source>Figures over time</source>
        <translation>Zahlen im Lauf der Zeit</translation>
    </message>
</context>
<context>
    <name>FirstRunWindow</name>
    <message>
        <source>Welcome to Nightschool</source>
        <translation>Willkommen bei Nightschool</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Skip this</source>
        <translation>Ü&amp;berspringen</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;chließen</translation>
    </message>
</context>
<context>
    <name>Forget</name>
    <message>
        <source>Nothing of it is here.</source>
        <translation>Davon ist hier nichts.</translation>
    </message>
    <message>
        <source>Found as: {forms}</source>
        <translation>Gefunden als: {forms}</translation>
    </message>
    <message>
        <source>The adapter {name} was trained on it and has to be trained again.</source>
        <translation>Der Adapter {name} wurde damit trainiert und muss neu trainiert werden.</translation>
    </message>
    <message>
        <source>{file} holds it too. It was written by hand and is not changed.</source>
        <translation>{file} enthält es auch. Die Datei wurde von Hand geschrieben und wird nicht geändert.</translation>
    </message>
    <message>
        <source>This would go, and cannot be brought back:</source>
        <translation>Das würde verschwinden und käme nicht zurück:</translation>
    </message>
    <message>
        <source>The adapter {name} is queued to be trained again.</source>
        <translation>Der Adapter {name} ist zum neuen Training vorgemerkt.</translation>
    </message>
    <message>
        <source>The adapter {name} does not say what it was trained on.</source>
        <translation>Der Adapter {name} sagt nicht, womit er trainiert wurde.</translation>
    </message>
    <message>
        <source>Looking for it…</source>
        <translation>Wird gesucht…</translation>
    </message>
    <message>
        <source>Cleaning logs, jobs and reviews…</source>
        <translation>Protokolle, Aufträge und Prüfungen werden bereinigt…</translation>
    </message>
    <message>
        <source>Deleting answers…</source>
        <translation>Antworten werden gelöscht…</translation>
    </message>
    <message>
        <source>Cleaning evidence and datasets…</source>
        <translation>Belege und Datensätze werden bereinigt…</translation>
    </message>
    <message>
        <source>Cleaning the index of past work…</source>
        <translation>Der Index früherer Arbeit wird bereinigt…</translation>
    </message>
    <message>
        <source>Searching every byte…</source>
        <translation>Jedes Byte wird durchsucht…</translation>
    </message>
    <message>
        <source>in the answers that you chose to keep</source>
        <translation>in den Antworten, die bleiben sollten</translation>
    </message>
    <message>
        <source>another program is reading the database; try again when that has ended</source>
        <translation>ein anderes Programm liest gerade die Datenbank; danach noch einmal versuchen</translation>
    </message>
    <message>
        <source>in the registration of a stream: forget that source</source>
        <translation>in der Anmeldung eines Datenstroms: bitte diese Quelle vergessen</translation>
    </message>
    <message>
        <source>in a row of the database that is never changed</source>
        <translation>in einer Zeile der Datenbank, die nie geändert wird</translation>
    </message>
    <message>
        <source>written by hand: change it yourself</source>
        <translation>von Hand geschrieben: bitte selbst ändern</translation>
    </message>
    <message>
        <source>in the history of a git repository, which is not rewritten</source>
        <translation>im Verlauf eines Git-Repositorys, der nicht umgeschrieben wird</translation>
    </message>
    <message>
        <source>a file that Nightschool did not make: change or delete it yourself</source>
        <translation>eine Datei, die nicht von Nightschool stammt: bitte selbst ändern oder löschen</translation>
    </message>
    <message>
        <source>the running server has not yet taken it out of the index</source>
        <translation>der laufende Server hat es noch nicht aus dem Index genommen</translation>
    </message>
    <message>
        <source>Gone everywhere: every byte of your home was searched.</source>
        <translation>Überall verschwunden: Jedes Byte des Nightschool-Ordners wurde durchsucht.</translation>
    </message>
    <message>
        <source>It was forgotten, but still stands in places:</source>
        <translation>Es wurde vergessen, steht aber noch an diesen Stellen:</translation>
    </message>
    <message>
        <source>It was forgotten. To prove it, its words have to be named again.</source>
        <translation>Es wurde vergessen. Für den Nachweis müssen die Wörter noch einmal genannt werden.</translation>
    </message>
    <message>
        <source>It was forgotten. It says too little for a search to prove it.</source>
        <translation>Es wurde vergessen. Für einen Nachweis durch Suche ist der Text zu kurz.</translation>
    </message>
    <message>
        <source>It was forgotten. Not everything could be looked into:</source>
        <translation>Es wurde vergessen. Nicht überall ließ sich nachsehen:</translation>
    </message>
    <message>
        <source>{file} is your own file: it is left as it is, and not read for this again.</source>
        <translation>{file} ist deine eigene Datei: Sie bleibt, wie sie ist, und wird dafür nicht mehr gelesen.</translation>
    </message>
</context>
<context>
    <name>ForgetDialog</name>
    <message>
        <source>Forget everywhere</source>
        <translation>Überall vergessen</translation>
    </message>
    <message>
        <source>Looking for it…</source>
        <translation>Wird gesucht…</translation>
    </message>
    <message>
        <source>Forgetting</source>
        <translation>Wird vergessen</translation>
    </message>
    <message>
        <source>&amp;Forget all of this</source>
        <translation>All das &amp;vergessen</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>&amp;Schließen</translation>
    </message>
</context>
<context>
    <name>ForgetWords</name>
    <message>
        <source>Words to forget everywhere</source>
        <translation>Wörter, die überall vergessen werden</translation>
    </message>
    <message>
        <source>A name, or any words</source>
        <translation>Ein Name oder andere Wörter</translation>
    </message>
    <message>
        <source>Forget these wo&amp;rds…</source>
        <translation>Diese Wörte&amp;r vergessen…</translation>
    </message>
    <message>
        <source>Forget words everywhere</source>
        <translation>Wörter überall vergessen</translation>
    </message>
    <message>
        <source>Every answer that holds them goes, with what was made of it: evidence, examples, tasks, and lines of logs. You see first what it would be, and afterwards every byte of your home is searched for them.</source>
        <translation>Jede Antwort, die sie enthält, verschwindet, mit allem, was daraus gemacht wurde: Belege, Beispiele, Aufgaben und Zeilen in Protokollen. Vorher wird gezeigt, was das wäre; danach wird jedes Byte des Nightschool-Ordners nach ihnen durchsucht.</translation>
    </message>
</context>
<context>
    <name>Form</name>
    <message>
        <source>For later</source>
        <translation>Für später</translation>
    </message>
    <message>
        <source>Nothing uses these yet: nothing studies or trains at night so far. What you choose is kept for when it does.</source>
        <translation>Noch benutzt dies nichts: Bis jetzt wird nachts weder ausgewertet noch trainiert. Was du wählst, wird dafür aufgehoben.</translation>
    </message>
</context>
<context>
    <name>GateTable</name>
    <message>
        <source>What the gate found</source>
        <translation>Was die Prüfschranke fand</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>Kennzahl</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Score before</source>
        <translation>Punkte vorher</translation>
    </message>
    <message>
        <source>Score after</source>
        <translation>Punkte nachher</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>Aufgaben</translation>
    </message>
    <message>
        <source>Better, worse, the same</source>
        <translation>Besser, schlechter, gleich</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Strength of the evidence (e-value; 20 is strong)</source>
        <translation>Stärke des Belegs (E-Wert; 20 ist stark)</translation>
    </message>
    <message>
        <source>{}: {} down</source>
        <translation>{}: {} weniger</translation>
    </message>
    <message>
        <source>Group of tasks that did worst</source>
        <translation>Gruppe von Aufgaben, die am meisten verlor</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>Night</source>
        <translation>Nacht</translation>
    </message>
    <message>
        <source>Session with the teacher</source>
        <translation>Sitzung mit dem Lehrer</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
    <message>
        <source>Waiting for the next night</source>
        <translation>Wartet auf die nächste Nacht</translation>
    </message>
    <message>
        <source>Going on now</source>
        <translation>Läuft gerade</translation>
    </message>
    <message>
        <source>Skipped: {}</source>
        <translation>Übersprungen: {}</translation>
    </message>
    <message>
        <source>Failed: {}</source>
        <translation>Fehlgeschlagen: {}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>{} and {} more</source>
        <translation>{} und {} weitere</translation>
    </message>
    <message>
        <source>Rolling back was asked for and waits for the next night. Nothing studies at night yet: it is kept for when it does.</source>
        <translation>Das Zurückrollen ist bestellt und wartet auf die nächste Nacht. Noch wird nachts nicht ausgewertet: Es wird dafür aufgehoben.</translation>
    </message>
    <message>
        <source>It is being rolled back now.</source>
        <translation>Wird gerade zurückgerollt.</translation>
    </message>
    <message>
        <source>It was rolled back: what it changed is as it was before.</source>
        <translation>Wurde zurückgerollt: Was sie änderte, ist wieder wie zuvor.</translation>
    </message>
    <message>
        <source>Rolling back was skipped; its own line says why.</source>
        <translation>Das Zurückrollen wurde übersprungen; seine eigene Zeile sagt, warum.</translation>
    </message>
    <message>
        <source>Rolling back failed; its own line says why.</source>
        <translation>Das Zurückrollen schlug fehl; seine eigene Zeile sagt, warum.</translation>
    </message>
    <message>
        <source>What it changed can be undone exactly.</source>
        <translation>Was sie änderte, lässt sich genau rückgängig machen.</translation>
    </message>
    <message>
        <source>It kept no checkpoint: there is nothing to roll back.</source>
        <translation>Sie hat keinen Sicherungspunkt: Es gibt nichts zurückzurollen.</translation>
    </message>
    <message>
        <source>${}</source>
        <translation>{} $</translation>
    </message>
    <message>
        <source>{} %</source>
        <translation>{} %</translation>
    </message>
    <message>
        <source>Benchmark score</source>
        <translation>Punkte im Benchmark</translation>
    </message>
    <message>
        <source>Acceptance rate</source>
        <translation>Anteil der angenommenen Antworten</translation>
    </message>
    <message>
        <source>Thumbs up and down</source>
        <translation>Daumen hoch und runter</translation>
    </message>
    <message>
        <source>Escalation rate</source>
        <translation>Anteil der Weitergaben</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Runter</translation>
    </message>
    <message>
        <source>No benchmark was sat in this time. Nights will sit it once there are enough rated answers.</source>
        <translation>In dieser Zeit wurde kein Benchmark abgelegt. Nächte legen ihn ab, sobald es genug bewertete Antworten gibt.</translation>
    </message>
    <message>
        <source>No answer of this time was rated. Thumbs and corrections count here.</source>
        <translation>Keine Antwort aus dieser Zeit wurde bewertet. Daumen und Korrekturen zählen hier.</translation>
    </message>
    <message>
        <source>No thumb was given for an answer of this time.</source>
        <translation>Für keine Antwort aus dieser Zeit gab es einen Daumen.</translation>
    </message>
    <message>
        <source>Nothing was asked in this time, so nothing was handed to the teacher.</source>
        <translation>In dieser Zeit wurde nichts gefragt, also wurde dem Lehrer nichts weitergegeben.</translation>
    </message>
    <message>
        <source>Nothing was asked in this time, and nothing was spent.</source>
        <translation>In dieser Zeit wurde nichts gefragt und nichts ausgegeben.</translation>
    </message>
    <message>
        <source>{} up and {} down, {}.</source>
        <translation>{} hoch und {} runter, {}.</translation>
    </message>
    <message>
        <source>Nothing was spent, {}.</source>
        <translation>Nichts wurde ausgegeben, {}.</translation>
    </message>
    <message>
        <source>{} in all, {}; at most {} on {}.</source>
        <translation>{} insgesamt, {}; höchstens {} am {}.</translation>
    </message>
    <message>
        <source>Last {} on {}; between {} and {}, {}.</source>
        <translation>Zuletzt {} am {}; zwischen {} und {}, {}.</translation>
    </message>
    <message>
        <source>on 1 day with figures</source>
        <translation>an 1 Tag mit Zahlen</translation>
    </message>
    <message>
        <source>on {} days with figures</source>
        <translation>an {} Tagen mit Zahlen</translation>
    </message>
</context>
<context>
    <name>HistoryWindow</name>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Pages of the history</source>
        <translation>Seiten des Verlaufs</translation>
    </message>
    <message>
        <source>&amp;Nights and sessions</source>
        <translation>Nächte und S&amp;itzungen</translation>
    </message>
    <message>
        <source>How it &amp;goes</source>
        <translation>&amp;Wie es läuft</translation>
    </message>
</context>
<context>
    <name>ImportView</name>
    <message>
        <source>The answer that this is about is no longer there.</source>
        <translation>Die Antwort, um die es geht, ist nicht mehr da.</translation>
    </message>
    <message>
        <source>Imported from {}, answered by {}.</source>
        <translation>Übernommen aus {}, beantwortet von {}.</translation>
    </message>
    <message>
        <source>The imported conversation</source>
        <translation>Das übernommene Gespräch</translation>
    </message>
</context>
<context>
    <name>ImportedView</name>
    <message>
        <source>Some of its answers:</source>
        <translation>Einige der Antworten:</translation>
    </message>
    <message>
        <source>Some of the imported answers</source>
        <translation>Einige der importierten Antworten</translation>
    </message>
    <message>
        <source>The log {} is read where it lies. What is added to it later is learned from as well.</source>
        <translation>Das Protokoll {} wird dort gelesen, wo es liegt. Auch aus dem, was später dazukommt, wird gelernt.</translation>
    </message>
    <message>
        <source>Chats from {}: all of them were deleted here.</source>
        <translation>Chats aus {}: Sie wurden hier alle gelöscht.</translation>
    </message>
    <message>
        <source>Chats from {}, read as {}. What you say here holds for all of them.</source>
        <translation>Chats aus {}, gelesen als {}. Was du hier entscheidest, gilt für alle.</translation>
    </message>
</context>
<context>
    <name>ItemView</name>
    <message>
        <source>What is proposed</source>
        <translation>Was vorgeschlagen wird</translation>
    </message>
    <message>
        <source>{}, {} ({})</source>
        <translation>{}, {} ({})</translation>
    </message>
    <message>
        <source>What is proposed, as it was written down</source>
        <translation>Was vorgeschlagen wird, wie es aufgeschrieben wurde</translation>
    </message>
</context>
<context>
    <name>KeyField</name>
    <message>
        <source>Paste the key here</source>
        <translation>Schlüssel hier einfügen</translation>
    </message>
    <message>
        <source>API &amp;key</source>
        <translation>API-Sc&amp;hlüssel</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>Save key</source>
        <translation>Schlüssel speichern</translation>
    </message>
    <message>
        <source>Remove key</source>
        <translation>Schlüssel entfernen</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Nochmal prüfen</translation>
    </message>
    <message>
        <source>The key is kept in this computer&apos;s keyring only, in no file. It is never shown again.</source>
        <translation>Der Schlüssel liegt nur im Schlüsselbund dieses Rechners, in keiner Datei. Er wird nie wieder gezeigt.</translation>
    </message>
    <message>
        <source>Choose who the teacher is first; then a key can be kept here.</source>
        <translation>Wähle erst, wer der Lehrer ist; dann kann hier ein Schlüssel liegen.</translation>
    </message>
    <message>
        <source>Asking the keyring… It may show a window of its own to ask for your password.</source>
        <translation>Der Schlüsselbund wird gefragt… Vielleicht zeigt er ein eigenes Fenster und fragt nach deinem Passwort.</translation>
    </message>
    <message>
        <source>The key is in the keyring.</source>
        <translation>Der Schlüssel liegt im Schlüsselbund.</translation>
    </message>
    <message>
        <source>There is no key yet. Paste one above and choose Save key.</source>
        <translation>Noch gibt es keinen Schlüssel. Füge oben einen ein und wähle „Schlüssel speichern“.</translation>
    </message>
    <message>
        <source>The keyring is locked. Unlock it (by logging in, or in your passwords app), then check again.</source>
        <translation>Der Schlüsselbund ist gesperrt. Entsperre ihn (durch Anmelden oder in deiner Passwort-App) und prüfe dann nochmal.</translation>
    </message>
    <message>
        <source>The keyring refused. Allow Nightschool to use it when it asks, then check again.</source>
        <translation>Der Schlüsselbund hat abgelehnt. Erlaube ihn Nightschool, wenn er fragt, und prüfe dann nochmal.</translation>
    </message>
    <message>
        <source>This computer has no keyring that can keep a key. Start one, for example GNOME Keyring or KWallet, then check again. Without it the teacher cannot be used; everything else works.</source>
        <translation>Dieser Rechner hat keinen Schlüsselbund, der einen Schlüssel aufheben kann. Starte einen, etwa GNOME-Schlüsselbund oder KWallet, und prüfe dann nochmal. Ohne ihn lässt sich der Lehrer nicht nutzen; alles andere geht.</translation>
    </message>
    <message>
        <source>The keyring did not answer in time. It may be waiting for your password in another window; answer it, then check again.</source>
        <translation>Der Schlüsselbund hat nicht rechtzeitig geantwortet. Vielleicht wartet er in einem anderen Fenster auf dein Passwort; gib es ein und prüfe dann nochmal.</translation>
    </message>
</context>
<context>
    <name>Life</name>
    <message>
        <source>Something went wrong in Nightschool itself.</source>
        <translation>In Nightschool selbst ist etwas schiefgegangen.</translation>
    </message>
    <message>
        <source>Copy diagnostics, and send them to whoever mends Nightschool.</source>
        <translation>Kopiere die Diagnose und schicke sie denen, die Nightschool pflegen.</translation>
    </message>
</context>
<context>
    <name>LineEditor</name>
    <message>
        <source>several, with commas between them</source>
        <translation>mehrere, mit Kommas dazwischen</translation>
    </message>
    <message>
        <source>22:30</source>
        <translation>22:30</translation>
    </message>
</context>
<context>
    <name>Marks</name>
    <message>
        <source>Try again</source>
        <translation>Nochmal versuchen</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Edit and ask again</source>
        <translation>Bearbeiten und neu fragen</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Not sent. {problem}</source>
        <translation>Nicht gesendet. {problem}</translation>
    </message>
    <message>
        <source>⚠ Not verified:
{why}</source>
        <translation>⚠ Nicht geprüft:
{why}</translation>
    </message>
    <message>
        <source>Not stored, so it cannot be rated: {why}</source>
        <translation>Nicht gespeichert, also nicht zu bewerten: {why}</translation>
    </message>
    <message>
        <source>Show your correction</source>
        <translation>Deine Korrektur zeigen</translation>
    </message>
    <message>
        <source>Show the original</source>
        <translation>Das Original zeigen</translation>
    </message>
    <message>
        <source>The student reads your question…</source>
        <translation>Der Schüler liest deine Frage…</translation>
    </message>
    <message>
        <source>This answer is being made now.</source>
        <translation>Diese Antwort entsteht gerade.</translation>
    </message>
    <message>
        <source>■ Stopped by you. What was said until then is kept.</source>
        <translation>■ Von dir angehalten. Was bis dahin gesagt wurde, bleibt.</translation>
    </message>
    <message>
        <source>What was said until then is kept.</source>
        <translation>Was bis dahin gesagt wurde, bleibt.</translation>
    </message>
    <message>
        <source>The answer was cut off.</source>
        <translation>Die Antwort brach ab.</translation>
    </message>
    <message>
        <source>This is the original; you corrected it.</source>
        <translation>Dies ist das Original; du hast es korrigiert.</translation>
    </message>
    <message>
        <source>✎ Corrected by you.</source>
        <translation>✎ Von dir korrigiert.</translation>
    </message>
    <message numerus="yes">
        <source>Grounded in %n earlier answer(s).</source>
        <translation>
            <numerusform>Gestützt auf %n frühere Antwort.</numerusform>
            <numerusform>Gestützt auf %n frühere Antworten.</numerusform>
        </translation>
    </message>
    <message>
        <source>an answer that was forgotten meanwhile</source>
        <translation>eine Antwort, die inzwischen vergessen wurde</translation>
    </message>
    <message>
        <source>Grounded in: {title}</source>
        <translation>Gestützt auf: {title}</translation>
    </message>
    <message>
        <source>Grounded in: an earlier answer</source>
        <translation>Gestützt auf: eine frühere Antwort</translation>
    </message>
    <message>
        <source>Opens the past work that was put before the student</source>
        <translation>Öffnet die frühere Arbeit, die dem Schüler vorlag</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Notices</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Put this notice away</source>
        <translation>Diesen Hinweis weglegen</translation>
    </message>
</context>
<context>
    <name>MessageFrame</name>
    <message>
        <source>{who}: {text}</source>
        <translation>{who}: {text}</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>&amp;Choose</source>
        <translation>Aus&amp;wählen</translation>
    </message>
    <message>
        <source>&amp;Add file…</source>
        <translation>Datei &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>Re&amp;move</source>
        <translation>Ent&amp;fernen</translation>
    </message>
    <message>
        <source>Look a&amp;gain</source>
        <translation>Nochmal s&amp;uchen</translation>
    </message>
    <message>
        <source>Look for students on this machine once more</source>
        <translation>Auf diesem Rechner noch einmal nach Schülern suchen</translation>
    </message>
    <message>
        <source>The student is the model that answers. Those of other programs are used where they lie; nothing is copied, and nothing of theirs is ever deleted.</source>
        <translation>Der Schüler ist das Modell, das antwortet. Die Schüler anderer Programme werden dort benutzt, wo sie liegen; nichts wird kopiert, und von ihnen wird nie etwas gelöscht.</translation>
    </message>
    <message>
        <source>&amp;Students on this machine:</source>
        <translation>S&amp;chüler auf diesem Rechner:</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>Schüler</translation>
    </message>
    <message>
        <source>Fetch a student</source>
        <translation>Einen Schüler holen</translation>
    </message>
    <message>
        <source>De&amp;lete file…</source>
        <translation>&amp;Datei löschen…</translation>
    </message>
    <message>
        <source>Re&amp;move from the list</source>
        <translation>Aus der Liste ent&amp;fernen</translation>
    </message>
    <message>
        <source>Looking at {name}…</source>
        <translation>{name} wird angesehen…</translation>
    </message>
    <message>
        <source>The chosen student is not there any more. Choose another.</source>
        <translation>Der gewählte Schüler ist nicht mehr da. Wähle einen anderen.</translation>
    </message>
    <message>
        <source>Its file is not there any more.</source>
        <translation>Seine Datei ist nicht mehr da.</translation>
    </message>
    <message>
        <source>Checking {name}…</source>
        <translation>{name} wird geprüft…</translation>
    </message>
    <message>
        <source>{name} is the student now.</source>
        <translation>{name} ist jetzt der Schüler.</translation>
    </message>
    <message>
        <source>{name} is chosen, but does not answer yet: {why}</source>
        <translation>{name} ist gewählt, antwortet aber noch nicht: {why}</translation>
    </message>
    <message>
        <source>{name} is the student now. The model server restarts to load it.</source>
        <translation>{name} ist jetzt der Schüler. Der Modellserver startet neu, um ihn zu laden.</translation>
    </message>
    <message>
        <source>Add a GGUF file</source>
        <translation>Eine GGUF-Datei hinzufügen</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation>GGUF-Modelle (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>{name} is in the list now. Choose it to use it.</source>
        <translation>{name} steht jetzt in der Liste. Wähle ihn, um ihn zu benutzen.</translation>
    </message>
    <message>
        <source>Delete {name} from the disk?</source>
        <translation>{name} von der Festplatte löschen?</translation>
    </message>
    <message>
        <source>{size} are freed. To have it again, it must be fetched again.</source>
        <translation>{size} werden frei. Um ihn wiederzuhaben, muss er neu geholt werden.</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>{name} is deleted.</source>
        <translation>{name} ist gelöscht.</translation>
    </message>
    <message>
        <source>{name} is out of the list; its file stays where it is.</source>
        <translation>{name} ist aus der Liste; seine Datei bleibt, wo sie ist.</translation>
    </message>
    <message>
        <source>{name} is here. Choose it to use it.</source>
        <translation>{name} ist da. Wähle ihn, um ihn zu benutzen.</translation>
    </message>
</context>
<context>
    <name>ModelStep</name>
    <message>
        <source>Who is the student?</source>
        <translation>Wer ist der Schüler?</translation>
    </message>
    <message>
        <source>The demo student is very small: it knows an invented world and shows how everything works. For real questions choose a model of your own; it can be changed at any time.</source>
        <translation>Der Demo-Schüler ist sehr klein: Er kennt eine erfundene Welt und zeigt, wie alles geht. Wähle für echte Fragen ein eigenes Modell; das lässt sich jederzeit ändern.</translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation>&amp;Modelle</translation>
    </message>
    <message>
        <source>Looking for models on this computer…</source>
        <translation>Auf diesem Rechner wird nach Modellen gesucht…</translation>
    </message>
    <message>
        <source>Found on this computer: {}.</source>
        <translation>Auf diesem Rechner gefunden: {}.</translation>
    </message>
    <message>
        <source>No other model was found on this computer. You can add a file, or download one.</source>
        <translation>Auf diesem Rechner wurde kein anderes Modell gefunden. Du kannst eine Datei hinzufügen oder eines herunterladen.</translation>
    </message>
    <message>
        <source>your file</source>
        <translation>deine Datei</translation>
    </message>
    <message>
        <source>The demo student</source>
        <translation>Der Demo-Schüler</translation>
    </message>
    <message>
        <source>came with Nightschool</source>
        <translation>kam mit Nightschool</translation>
    </message>
    <message>
        <source>cannot be used: {}</source>
        <translation>nicht brauchbar: {}</translation>
    </message>
    <message>
        <source>&amp;Add file…</source>
        <translation>Datei &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>&amp;Download…</source>
        <translation>He&amp;runterladen…</translation>
    </message>
    <message>
        <source>Add a model file</source>
        <translation>Eine Modelldatei hinzufügen</translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation>Modelle (*.gguf);;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>Moments</name>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message>
        <source>1 minute ago</source>
        <translation>vor 1 Minute</translation>
    </message>
    <message>
        <source>{} minutes ago</source>
        <translation>vor {} Minuten</translation>
    </message>
    <message>
        <source>1 hour ago</source>
        <translation>vor 1 Stunde</translation>
    </message>
    <message>
        <source>{} hours ago</source>
        <translation>vor {} Stunden</translation>
    </message>
    <message>
        <source>1 day ago</source>
        <translation>vor 1 Tag</translation>
    </message>
    <message>
        <source>{} days ago</source>
        <translation>vor {} Tagen</translation>
    </message>
</context>
<context>
    <name>Notifications</name>
    <message>
        <source>Waiting for your review: {}</source>
        <translation>Wartet auf deine Prüfung: {}</translation>
    </message>
    <message>
        <source>Review: {}</source>
        <translation>Zur Prüfung: {}</translation>
    </message>
    <message>
        <source>Approving it has it tried; it is kept only if it passes.</source>
        <translation>Zustimmen heißt ausprobieren; behalten wird es nur, wenn es besteht.</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>Zustimmen</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>While it was quiet</source>
        <translation>Während der Ruhezeit</translation>
    </message>
    <message>
        <source>This desktop shows no notifications</source>
        <translation>Dieser Desktop zeigt keine Benachrichtigungen</translation>
    </message>
    <message>
        <source>What waits is told in here.</source>
        <translation>Was wartet, steht hier in der App.</translation>
    </message>
    <message>
        <source>Rejected from the notification</source>
        <translation>In der Benachrichtigung abgelehnt</translation>
    </message>
    <message>
        <source>The student cannot answer</source>
        <translation>Der Schüler kann nicht antworten</translation>
    </message>
</context>
<context>
    <name>Parts</name>
    <message>
        <source>This desktop shows no tray icons</source>
        <translation>Dieser Desktop zeigt keine Symbole im Infobereich</translation>
    </message>
    <message>
        <source>Everything is in this window&apos;s menus instead. Closing the last window ends Nightschool.</source>
        <translation>Alles steht stattdessen in den Menüs dieses Fensters. Mit dem letzten Fenster endet Nightschool.</translation>
    </message>
    <message>
        <source>The student cannot answer</source>
        <translation>Der Schüler kann nicht antworten</translation>
    </message>
    <message>
        <source>Something went wrong in Nightschool itself</source>
        <translation>In Nightschool selbst ist etwas schiefgegangen</translation>
    </message>
    <message>
        <source>Nothing of yours is lost that was shown as saved.</source>
        <translation>Nichts von dir geht verloren, was als gespeichert angezeigt war.</translation>
    </message>
    <message>
        <source>Copy diagnostics (in the menu) has what is needed to mend it.</source>
        <translation>„Diagnose kopieren“ (im Menü) nimmt mit, was zum Beheben gebraucht wird.</translation>
    </message>
</context>
<context>
    <name>PathEditor</name>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <source>Browse for: {label}</source>
        <translation>Durchsuchen für: {label}</translation>
    </message>
</context>
<context>
    <name>PlainMessage</name>
    <message>
        <source>You</source>
        <translation>Du</translation>
    </message>
    <message>
        <source>A tool&apos;s result</source>
        <translation>Ergebnis eines Werkzeugs</translation>
    </message>
    <message>
        <source>Instructions of the program that asked</source>
        <translation>Anweisungen des Programms, das gefragt hat</translation>
    </message>
</context>
<context>
    <name>ProblemWindow</name>
    <message>
        <source>Cannot start</source>
        <translation>Start nicht möglich</translation>
    </message>
    <message>
        <source>Diagnostics are copied; they hold no chats and no keys.</source>
        <translation>Die Diagnose ist kopiert; sie enthält keine Chats und keine Schlüssel.</translation>
    </message>
    <message>
        <source>&amp;Copy diagnostics</source>
        <translation>&amp;Diagnose kopieren</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>&amp;Nochmal versuchen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Waiting</source>
        <translation>Wartend</translation>
    </message>
    <message>
        <source>Decided</source>
        <translation>Entschieden</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Items to review</source>
        <translation>Zur Prüfung</translation>
    </message>
    <message>
        <source>J or Down: next. K or Up: the one before.</source>
        <translation>J oder Pfeil runter: weiter. K oder Pfeil hoch: zurück.</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>zugestimmt</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>Nothing waits.</source>
        <translation>Nichts wartet.</translation>
    </message>
    <message>
        <source>Nothing was decided yet.</source>
        <translation>Noch wurde nichts entschieden.</translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation>&amp;Zeigen</translation>
    </message>
</context>
<context>
    <name>ReasonPanel</name>
    <message>
        <source>Choose a reason, or write one</source>
        <translation>Wähle einen Grund, oder schreibe einen</translation>
    </message>
    <message>
        <source>Not what I want</source>
        <translation>Das will ich nicht</translation>
    </message>
    <message>
        <source>Answers would get worse</source>
        <translation>Die Antworten würden schlechter</translation>
    </message>
    <message>
        <source>It changes too much</source>
        <translation>Es ändert zu viel</translation>
    </message>
    <message>
        <source>The evidence does not convince me</source>
        <translation>Die Belege überzeugen mich nicht</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Nicht jetzt</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Why not</source>
        <translation>&amp;Warum nicht</translation>
    </message>
    <message>
        <source>In your &amp;words</source>
        <translation>In &amp;eigenen Worten</translation>
    </message>
    <message>
        <source>What is proposed next depends on it.</source>
        <translation>Was als Nächstes vorgeschlagen wird, hängt davon ab.</translation>
    </message>
</context>
<context>
    <name>Redaction</name>
    <message>
        <source>Text to try</source>
        <translation>Text zum Probieren</translation>
    </message>
    <message>
        <source>Type or paste something here. It goes nowhere and is not kept.</source>
        <translation>Tippe oder füge hier etwas ein. Es geht nirgendwohin und wird nicht aufgehoben.</translation>
    </message>
    <message>
        <source>Redacted</source>
        <translation>Geschwärzt</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <source>Redaction</source>
        <translation>Schwärzung</translation>
    </message>
    <message>
        <source>Rules find secrets and personal data, on this machine. Diagnostics are copied, and conversations that you let go to the teacher are sent, without them. Try what the rules take out of a text.</source>
        <translation>Regeln finden Geheimnisse und persönliche Daten, auf diesem Rechner. Was sie finden, fehlt in der kopierten Diagnose und in Gesprächen, die du zum Lehrer lässt. Probiere, was die Regeln aus einem Text nehmen.</translation>
    </message>
    <message>
        <source>&amp;Text to try</source>
        <translation>&amp;Text zum Probieren</translation>
    </message>
    <message>
        <source>Line {line}: {kind}</source>
        <translation>Zeile {line}: {kind}</translation>
    </message>
    <message numerus="yes">
        <source>%n pieces were taken out.</source>
        <translation>
            <numerusform>%n Stelle wurde geschwärzt.</numerusform>
            <numerusform>%n Stellen wurden geschwärzt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was found to take out.</source>
        <translation>Es gab nichts zu schwärzen.</translation>
    </message>
    <message>
        <source>a key, a password or another secret</source>
        <translation>ein Schlüssel, ein Passwort oder ein anderes Geheimnis</translation>
    </message>
    <message>
        <source>the number of a payment card</source>
        <translation>die Nummer einer Zahlungskarte</translation>
    </message>
    <message>
        <source>the number of a bank account</source>
        <translation>die Nummer eines Bankkontos</translation>
    </message>
    <message>
        <source>an e-mail address</source>
        <translation>eine E-Mail-Adresse</translation>
    </message>
    <message>
        <source>a telephone number</source>
        <translation>eine Telefonnummer</translation>
    </message>
    <message>
        <source>an address in a network</source>
        <translation>eine Adresse in einem Netz</translation>
    </message>
    <message>
        <source>the path of your home folder</source>
        <translation>der Pfad deines Benutzerordners</translation>
    </message>
    <message>
        <source>your user name</source>
        <translation>dein Benutzername</translation>
    </message>
    <message>
        <source>the name of this computer</source>
        <translation>der Name dieses Rechners</translation>
    </message>
    <message>
        <source>a name that you keep private</source>
        <translation>ein Name, den du für dich behältst</translation>
    </message>
</context>
<context>
    <name>RestartBar</name>
    <message>
        <source>&amp;Restart now</source>
        <translation>&amp;Jetzt neu starten</translation>
    </message>
    <message>
        <source>The model server is being restarted…</source>
        <translation>Der Modellserver wird neu gestartet…</translation>
    </message>
    <message>
        <source>{names}: takes effect when the model server, which was started elsewhere, is restarted.</source>
        <translation>{names}: gilt, sobald der Modellserver, der anderswo gestartet wurde, neu gestartet ist.</translation>
    </message>
    <message>
        <source>{names}: takes effect when the model server is restarted.</source>
        <translation>{names}: gilt, sobald der Modellserver neu gestartet ist.</translation>
    </message>
</context>
<context>
    <name>Review</name>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>Anweisungen</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Earlier answer</source>
        <translation>Frühere Antwort</translation>
    </message>
    <message>
        <source>Result of a tool</source>
        <translation>Ergebnis eines Werkzeugs</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Übernahme</translation>
    </message>
    <message>
        <source>Chooses another model for one class of questions: {}.</source>
        <translation>Wählt für eine Art von Fragen ein anderes Modell: {}.</translation>
    </message>
    <message>
        <source>Changes how the model makes its answers: {}.</source>
        <translation>Ändert, wie das Modell seine Antworten bildet: {}.</translation>
    </message>
    <message>
        <source>Changes a setting of an agent: {}.</source>
        <translation>Ändert eine Einstellung eines Agenten: {}.</translation>
    </message>
    <message>
        <source>Gives an agent one more tool: {}.</source>
        <translation>Gibt einem Agenten ein Werkzeug dazu: {}.</translation>
    </message>
    <message>
        <source>Takes a tool from an agent: {}.</source>
        <translation>Nimmt einem Agenten ein Werkzeug: {}.</translation>
    </message>
    <message>
        <source>Changes what the student is told of a tool: {}.</source>
        <translation>Ändert, was dem Schüler über ein Werkzeug gesagt wird: {}.</translation>
    </message>
    <message>
        <source>Changes a part of a system prompt: {}.</source>
        <translation>Ändert einen Teil eines System-Prompts: {}.</translation>
    </message>
    <message>
        <source>Replaces a whole system prompt: {}.</source>
        <translation>Ersetzt einen ganzen System-Prompt: {}.</translation>
    </message>
    <message>
        <source>Changes the way in which an agent works: {}.</source>
        <translation>Ändert die Arbeitsweise eines Agenten: {}.</translation>
    </message>
    <message>
        <source>Changes the fixed examples that an agent is shown: {}.</source>
        <translation>Ändert die festen Beispiele, die ein Agent gezeigt bekommt: {}.</translation>
    </message>
    <message>
        <source>Trains an adapter for the student: {}.</source>
        <translation>Trainiert einen Adapter für den Schüler: {}.</translation>
    </message>
    <message>
        <source>{}: {}.</source>
        <translation>{}: {}.</translation>
    </message>
    <message>
        <source>Tier auto: small enough to be applied without asking, if it passes the gate.</source>
        <translation>Stufe Auto: klein genug, um ohne Frage zu gelten, wenn es die Prüfschranke besteht.</translation>
    </message>
    <message>
        <source>Tier review: asks you first; then it must still pass the gate.</source>
        <translation>Stufe Prüfung: fragt dich zuerst; danach muss es noch die Prüfschranke bestehen.</translation>
    </message>
    <message>
        <source>Tier manual: never begins unless you say so, and must still pass the gate.</source>
        <translation>Stufe Manuell: beginnt nie, wenn du es nicht sagst, und muss noch die Prüfschranke bestehen.</translation>
    </message>
    <message>
        <source>{} %</source>
        <translation>{} %</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>refuse</source>
        <translation>ablehnen</translation>
    </message>
    <message>
        <source>not enough evidence</source>
        <translation>zu wenig Belege</translation>
    </message>
    <message>
        <source>Not examined yet: approving means trying it; it is kept only if it passes.</source>
        <translation>Noch nicht geprüft: Zustimmen heißt ausprobieren; behalten wird es nur, wenn es besteht.</translation>
    </message>
    <message>
        <source>On {} tasks the score went from {} to {}: {} better, {} worse, {} the same.</source>
        <translation>Bei {} Aufgaben gingen die Punkte von {} auf {}: {} besser, {} schlechter, {} gleich.</translation>
    </message>
    <message>
        <source>That is enough evidence to keep it.</source>
        <translation>Das ist Beleg genug, um es zu behalten.</translation>
    </message>
    <message>
        <source>That speaks against it, so it would be refused.</source>
        <translation>Das spricht dagegen, also würde es abgelehnt.</translation>
    </message>
    <message>
        <source>That is too little evidence to keep it; more rated answers would tell.</source>
        <translation>Das ist zu wenig Beleg, um es zu behalten; mehr bewertete Antworten brächten Klarheit.</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>${}</source>
        <translation>{} $</translation>
    </message>
    <message>
        <source>{}, {}.</source>
        <translation>{}, {}.</translation>
    </message>
    <message>
        <source>1 line added</source>
        <translation>1 Zeile hinzu</translation>
    </message>
    <message>
        <source>{} lines added</source>
        <translation>{} Zeilen hinzu</translation>
    </message>
    <message>
        <source>1 removed</source>
        <translation>1 weg</translation>
    </message>
    <message>
        <source>{} removed</source>
        <translation>{} weg</translation>
    </message>
    <message>
        <source>Nothing more has to be done.</source>
        <translation>Es bleibt nichts mehr zu tun.</translation>
    </message>
    <message>
        <source>Waiting for the next night; nothing has changed yet. Nothing studies at night yet: this is kept for when it does.</source>
        <translation>Wartet auf die nächste Nacht; noch ist nichts geändert. Noch wird nachts nicht ausgewertet: Dies wird dafür aufgehoben.</translation>
    </message>
    <message>
        <source>Being tried now.</source>
        <translation>Wird gerade ausprobiert.</translation>
    </message>
    <message>
        <source>Done. {}</source>
        <translation>Fertig. {}</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Fertig.</translation>
    </message>
    <message>
        <source>Skipped: {}</source>
        <translation>Übersprungen: {}</translation>
    </message>
    <message>
        <source>It failed and nothing was changed: {}</source>
        <translation>Es schlug fehl, und nichts wurde geändert: {}</translation>
    </message>
    <message>
        <source>Answers found</source>
        <translation>Gefundene Antworten</translation>
    </message>
    <message>
        <source>Found twice in the file</source>
        <translation>Doppelt in der Datei</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Here already</source>
        <translation>Schon vorhanden</translation>
    </message>
    <message>
        <source>Deleted here earlier, left out</source>
        <translation>Hier früher gelöscht, ausgelassen</translation>
    </message>
    <message>
        <source>Thumbs, scores and corrections</source>
        <translation>Daumen, Bewertungen und Korrekturen</translation>
    </message>
    <message>
        <source>Not rated: used only once you rate them</source>
        <translation>Nicht bewertet: erst benutzt, wenn du sie bewertest</translation>
    </message>
    <message>
        <source>Without a time of their own</source>
        <translation>Ohne eigene Zeitangabe</translation>
    </message>
    <message>
        <source>Left out: {}</source>
        <translation>Ausgelassen: {}</translation>
    </message>
</context>
<context>
    <name>ReviewWindow</name>
    <message>
        <source>Review</source>
        <translation>Zur Prüfung</translation>
    </message>
    <message>
        <source>This item is no longer there: what it was about was deleted.</source>
        <translation>Dies ist nicht mehr da: Worum es ging, wurde gelöscht.</translation>
    </message>
    <message>
        <source>Choose an item on the left.</source>
        <translation>Wähle links etwas aus.</translation>
    </message>
    <message>
        <source>Nothing waits for your word.

When the teacher proposes a change that needs it, or past work is imported, it stands here with its reasons. Nothing of it takes effect before you say so.</source>
        <translation>Nichts wartet auf dein Wort.

Wenn der Lehrer eine Änderung vorschlägt, die es braucht, oder frühere Arbeit übernommen wird, steht es hier mit seinen Gründen. Nichts davon gilt, bevor du es sagst.</translation>
    </message>
    <message>
        <source>This was decided already, from another place; your decision was not taken.</source>
        <translation>Dies wurde schon anderswo entschieden; deine Entscheidung zählt nicht mehr.</translation>
    </message>
</context>
<context>
    <name>ScheduleStep</name>
    <message>
        <source>When shall nights be?</source>
        <translation>Wann sollen Nächte sein?</translation>
    </message>
    <message>
        <source>Nothing studies at night yet. What you choose here is kept for when it does.</source>
        <translation>Noch wird nachts nicht ausgewertet. Was du hier wählst, wird dafür aufgehoben.</translation>
    </message>
    <message>
        <source>&amp;Study at night</source>
        <translation>Nachts &amp;lernen</translation>
    </message>
    <message>
        <source>Time at which a night begins</source>
        <translation>Uhrzeit, zu der eine Nacht beginnt</translation>
    </message>
    <message>
        <source>A night &amp;begins at</source>
        <translation>Eine Nacht be&amp;ginnt um</translation>
    </message>
    <message>
        <source>A night will wait while you use the computer, while it is hot, and while it runs on its battery. It can be stopped at any moment without losing anything.</source>
        <translation>Eine Nacht wird warten, solange du den Rechner benutzt, solange er heiß ist und solange er auf Akku läuft. Sie lässt sich jederzeit anhalten, ohne dass etwas verloren geht.</translation>
    </message>
    <message>
        <source>The settings hold a schedule of another form ({}); it stays unless you change the time.</source>
        <translation>Die Einstellungen enthalten einen Zeitplan in anderer Form ({}); er bleibt, wenn du die Uhrzeit nicht änderst.</translation>
    </message>
</context>
<context>
    <name>ServerLine</name>
    <message>
        <source>Open Settings → &amp;Model</source>
        <translation>Einstellungen → &amp;Modell öffnen</translation>
    </message>
    <message>
        <source>Start &amp;again</source>
        <translation>N&amp;eu starten</translation>
    </message>
    <message>
        <source>the student</source>
        <translation>der Schüler</translation>
    </message>
    <message>
        <source>The server is starting…</source>
        <translation>Der Server startet…</translation>
    </message>
    <message>
        <source>Loading {model}… You can type meanwhile.</source>
        <translation>{model} wird geladen… Du kannst schon tippen.</translation>
    </message>
    <message>
        <source>It stopped.</source>
        <translation>Er hat angehalten.</translation>
    </message>
    <message>
        <source>{why} It is being restarted…</source>
        <translation>{why} Er wird neu gestartet…</translation>
    </message>
    <message>
        <source>The server could not be started.</source>
        <translation>Der Server konnte nicht gestartet werden.</translation>
    </message>
    <message>
        <source>No answers can be given now. {why}</source>
        <translation>Jetzt sind keine Antworten möglich. {why}</translation>
    </message>
    <message>
        <source>The server is stopped.</source>
        <translation>Der Server ist angehalten.</translation>
    </message>
    <message>
        <source>Ready: {model}</source>
        <translation>Bereit: {model}</translation>
    </message>
    <message>
        <source> · past work is searched by words only for now</source>
        <translation> · frühere Arbeit wird vorerst nur nach Wörtern durchsucht</translation>
    </message>
    <message>
        <source> · past work is not used</source>
        <translation> · frühere Arbeit wird nicht genutzt</translation>
    </message>
    <message>
        <source> · served by a server that was started elsewhere</source>
        <translation> · von einem Server, der anderswo gestartet wurde</translation>
    </message>
</context>
<context>
    <name>SessionView</name>
    <message>
        <source>What this night or session did</source>
        <translation>Was diese Nacht oder Sitzung getan hat</translation>
    </message>
    <message>
        <source>&amp;Roll back…</source>
        <translation>Zu&amp;rückrollen…</translation>
    </message>
    <message>
        <source>{}, {}</source>
        <translation>{}, {}</translation>
    </message>
    <message>
        <source>Ended: {}</source>
        <translation>Beendet: {}</translation>
    </message>
    <message>
        <source>Cost: {}</source>
        <translation>Kosten: {}</translation>
    </message>
    <message>
        <source>Benchmark: from {} to {}</source>
        <translation>Benchmark: von {} auf {}</translation>
    </message>
    <message>
        <source>What changed:</source>
        <translation>Was sich änderte:</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Checkpoint of before: {}</source>
        <translation>Sicherungspunkt von vorher: {}</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
    <message>
        <source>Undo what this session changed?</source>
        <translation>Rückgängig machen, was diese Sitzung änderte?</translation>
    </message>
    <message>
        <source>The files are put back exactly as they were before it. The history keeps both.</source>
        <translation>Die Dateien werden genau so zurückgelegt, wie sie davor waren. Der Verlauf behält beides.</translation>
    </message>
</context>
<context>
    <name>SessionsPage</name>
    <message>
        <source>No night has run yet.

Nights come later: in a night the student will study what you rated and sit an exam, and only what passes is kept. Until then every question and answer is recorded on this computer, with your thumbs and corrections; a corrected answer already helps at the next question.</source>
        <translation>Noch lief keine Nacht.

Nächte kommen später: In einer Nacht wird der Schüler durcharbeiten, was du bewertet hast, und eine Prüfung ablegen; nur was besteht, wird behalten. Bis dahin wird jede Frage und Antwort auf diesem Rechner aufgezeichnet, mit deinen Daumen und Korrekturen; eine korrigierte Antwort hilft schon bei der nächsten Frage.</translation>
    </message>
    <message>
        <source>Nights and sessions</source>
        <translation>Nächte und Sitzungen</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>Was sich änderte</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>How the model is run</source>
        <translation>Wie das Modell läuft</translation>
    </message>
    <message>
        <source>Which model answers</source>
        <translation>Welches Modell antwortet</translation>
    </message>
    <message>
        <source>How it answers</source>
        <translation>Wie es antwortet</translation>
    </message>
    <message>
        <source>Past work</source>
        <translation>Frühere Arbeit</translation>
    </message>
    <message>
        <source>Autonomy</source>
        <translation>Autonomie</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Zeitplan</translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Prüfschranke</translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation>Benchmark</translation>
    </message>
    <message>
        <source>Who lets changes through</source>
        <translation>Wer Änderungen durchlässt</translation>
    </message>
    <message>
        <source>{said}; this day never comes</source>
        <translation>{said}; diesen Tag gibt es nie</translation>
    </message>
    <message>
        <source>dddd d MMMM</source>
        <translation>dddd, d. MMMM</translation>
    </message>
    <message>
        <source>{said}; next: {day} at {time}</source>
        <translation>{said}; als Nächstes: {day} um {time}</translation>
    </message>
    <message>
        <source>every day at {time}</source>
        <translation>jeden Tag um {time}</translation>
    </message>
    <message>
        <source>Monday to Friday at {time}</source>
        <translation>Montag bis Freitag um {time}</translation>
    </message>
    <message>
        <source>every {day} at {time}</source>
        <translation>jeden {day} um {time}</translation>
    </message>
    <message>
        <source>That is {percent} %.</source>
        <translation>Das sind {percent} %.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Lehrer</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Datenschutz</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Benachrichtigungen</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>API key of the teacher</source>
        <translation>API-Schlüssel des Lehrers</translation>
    </message>
    <message>
        <source>Test the teacher</source>
        <translation>Lehrer testen</translation>
    </message>
    <message>
        <source>Redaction: try what is taken out of a text</source>
        <translation>Schwärzung: probieren, was aus einem Text genommen wird</translation>
    </message>
    <message>
        <source>Egress log: what left this machine</source>
        <translation>Ausgangsprotokoll: was diesen Rechner verlassen hat</translation>
    </message>
    <message>
        <source>Export my data</source>
        <translation>Meine Daten exportieren</translation>
    </message>
    <message>
        <source>Forget: delete answers by item, by date, or all</source>
        <translation>Vergessen: Antworten einzeln, nach Datum oder alle löschen</translation>
    </message>
    <message>
        <source>The settings as a file: config.toml</source>
        <translation>Die Einstellungen als Datei: config.toml</translation>
    </message>
    <message>
        <source>Home folder</source>
        <translation>Nightschool-Ordner</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
    <message>
        <source>Settings of the model</source>
        <translation>Einstellungen des Modells</translation>
    </message>
    <message>
        <source>Everything stays on this machine until you choose a teacher or ask for a download.</source>
        <translation>Alles bleibt auf diesem Rechner, bis du einen Lehrer wählst oder um einen Download bittest.</translation>
    </message>
</context>
<context>
    <name>SettingsWindow</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>No setting holds these words.</source>
        <translation>In keiner Einstellung kommen diese Wörter vor.</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>Einstellungen durchsuchen</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Settings found</source>
        <translation>Gefundene Einstellungen</translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation>&amp;Suchen</translation>
    </message>
</context>
<context>
    <name>StepsList</name>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>The student</source>
        <translation>Der Schüler</translation>
    </message>
    <message>
        <source>Nights</source>
        <translation>Nächte</translation>
    </message>
    <message>
        <source>A teacher</source>
        <translation>Ein Lehrer</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Step {} of {}: {}, you are here</source>
        <translation>Schritt {} von {}: {}, hier bist du</translation>
    </message>
    <message>
        <source>Step {} of {}: {}</source>
        <translation>Schritt {} von {}: {}</translation>
    </message>
</context>
<context>
    <name>StudentList</name>
    <message>
        <source>Filter by name or program</source>
        <translation>Nach Name oder Programm filtern</translation>
    </message>
    <message>
        <source>Filter the students</source>
        <translation>Die Schüler filtern</translation>
    </message>
    <message>
        <source>Students</source>
        <translation>Schüler</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>No student has a name like this. Clear the field to see all.</source>
        <translation>Kein Schüler heißt so. Leere das Feld, um alle zu sehen.</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>gewählt</translation>
    </message>
    <message>
        <source>shows how everything works; choose a real one for real work</source>
        <translation>zeigt, wie alles geht; für echte Arbeit einen echten wählen</translation>
    </message>
</context>
<context>
    <name>Students</name>
    <message>
        <source>, {gpu} of it on the GPU</source>
        <translation>, davon {gpu} auf der GPU</translation>
    </message>
    <message>
        <source>{parameters} parameters ({architecture}). Loaded, it takes about {needed} of memory{where}, with room for {context} tokens a conversation; {free} are free now.</source>
        <translation>{parameters} Parameter ({architecture}). Geladen braucht er etwa {needed} Speicher{where}, mit Platz für {context} Tokens je Gespräch; {free} sind jetzt frei.</translation>
    </message>
    <message>
        <source>It will not fit into the memory that is free now. Close other programs, choose a smaller student, or set a shorter context below.</source>
        <translation>Er passt nicht in den Speicher, der jetzt frei ist. Schließe andere Programme, wähle einen kleineren Schüler oder stelle unten einen kürzeren Kontext ein.</translation>
    </message>
    <message>
        <source>came with Nightschool</source>
        <translation>kam mit Nightschool</translation>
    </message>
    <message>
        <source>downloaded</source>
        <translation>heruntergeladen</translation>
    </message>
    <message>
        <source>added by you</source>
        <translation>von dir hinzugefügt</translation>
    </message>
    <message>
        <source>not there any more</source>
        <translation>nicht mehr da</translation>
    </message>
    <message>
        <source>the hub&apos;s cache</source>
        <translation>der Speicher des Hubs</translation>
    </message>
</context>
<context>
    <name>Talk</name>
    <message>
        <source>The answer is complete.</source>
        <translation>Die Antwort ist fertig.</translation>
    </message>
    <message>
        <source>The answer was stopped.</source>
        <translation>Die Antwort wurde angehalten.</translation>
    </message>
    <message>
        <source>The answer was cut off. {why}</source>
        <translation>Die Antwort brach ab. {why}</translation>
    </message>
    <message>
        <source>The question was not sent</source>
        <translation>Die Frage wurde nicht gesendet</translation>
    </message>
    <message>
        <source>This link is not opened</source>
        <translation>Dieser Link wird nicht geöffnet</translation>
    </message>
    <message>
        <source>Only web pages and mail addresses are: {target}</source>
        <translation>Nur Webseiten und E-Mail-Adressen werden geöffnet: {target}</translation>
    </message>
</context>
<context>
    <name>TeacherPage</name>
    <message>
        <source>A teacher is a larger model on somebody&apos;s server. Without one everything works and nothing is sent anywhere. With one, only what you allow below is sent to it, and each request stands in the egress log.</source>
        <translation>Ein Lehrer ist ein größeres Modell auf fremden Servern. Ohne ihn geht alles, und nichts wird irgendwohin gesendet. Mit ihm wird nur gesendet, was du unten erlaubst, und jede Anfrage steht im Ausgangsprotokoll.</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
</context>
<context>
    <name>TeacherStep</name>
    <message>
        <source>A teacher, if you like</source>
        <translation>Ein Lehrer, wenn du magst</translation>
    </message>
    <message>
        <source>A teacher is a larger model on somebody&apos;s server. Without one everything works and nothing is sent anywhere. You can skip this, and add one later in the settings.</source>
        <translation>Ein Lehrer ist ein größeres Modell auf fremden Servern. Ohne ihn geht alles, und nichts wird irgendwohin gesendet. Du kannst dies überspringen und später in den Einstellungen einen hinzufügen.</translation>
    </message>
    <message>
        <source>No teacher</source>
        <translation>Kein Lehrer</translation>
    </message>
    <message>
        <source>Anthropic</source>
        <translation>Anthropic</translation>
    </message>
    <message>
        <source>An OpenAI-compatible server</source>
        <translation>Ein OpenAI-kompatibler Server</translation>
    </message>
    <message>
        <source>&amp;Who</source>
        <translation>W&amp;er</translation>
    </message>
    <message>
        <source>empty: the provider&apos;s own address</source>
        <translation>leer: die Adresse des Anbieters</translation>
    </message>
    <message>
        <source>&amp;Hand answers that fail their checks to the teacher</source>
        <translation>&amp;Antworten, die ihre Prüfung nicht bestehen, dem Lehrer geben</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>A&amp;ddress</source>
        <translation>A&amp;dresse</translation>
    </message>
    <message>
        <source>What is sent: nothing while that box is empty. With it, when an answer of the student fails its checks, the conversation it belongs to and the past work that was shown with it go to the teacher, and the teacher&apos;s answer takes its place. Every request that leaves this computer stands in the egress log (Settings, Privacy).</source>
        <translation>Was gesendet wird: nichts, solange das Kästchen leer ist. Mit Häkchen gehen, wenn eine Antwort des Schülers ihre Prüfung nicht besteht, das Gespräch dazu und die frühere Arbeit, die dabei vorlag, an den Lehrer, und dessen Antwort tritt an ihre Stelle. Jede Anfrage, die diesen Rechner verlässt, steht im Ausgangsprotokoll (Einstellungen, Datenschutz).</translation>
    </message>
</context>
<context>
    <name>TeacherTest</name>
    <message>
        <source>&amp;Test the teacher</source>
        <translation>Lehrer &amp;testen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Test sends one short greeting to the teacher with your key, no chat text. It may cost a fraction of a cent, and stands in the egress log.</source>
        <translation>Der Test sendet dem Lehrer einen kurzen Gruß mit deinem Schlüssel, keinen Chattext. Er kostet vielleicht den Bruchteil eines Cents und steht im Ausgangsprotokoll.</translation>
    </message>
    <message>
        <source>Waiting for the teacher&apos;s answer…</source>
        <translation>Warten auf die Antwort des Lehrers…</translation>
    </message>
    <message>
        <source>Cancelled. If the greeting had left already, it stands in the egress log.</source>
        <translation>Abgebrochen. War der Gruß schon unterwegs, steht er im Ausgangsprotokoll.</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>The teacher answered after {time}: {model}.</source>
        <translation>Der Lehrer hat nach {time} geantwortet: {model}.</translation>
    </message>
    <message>
        <source>The teacher could not be asked.</source>
        <translation>Der Lehrer konnte nicht gefragt werden.</translation>
    </message>
    <message numerus="yes">
        <source>Waiting for the teacher&apos;s answer… %n s</source>
        <translation>
            <numerusform>Warten auf die Antwort des Lehrers… %n s</numerusform>
            <numerusform>Warten auf die Antwort des Lehrers… %n s</numerusform>
        </translation>
    </message>
    <message>
        <source>The test ended without a result.</source>
        <translation>Der Test endete ohne Ergebnis.</translation>
    </message>
    <message>
        <source>Copy diagnostics on the Advanced page tells more.</source>
        <translation>„Diagnose kopieren“ auf der Seite „Erweitert“ sagt mehr.</translation>
    </message>
</context>
<context>
    <name>TextSegment</name>
    <message>
        <source>[picture, not loaded: {words}]</source>
        <translation>[Bild, nicht geladen: {words}]</translation>
    </message>
</context>
<context>
    <name>TraceDialog</name>
    <message>
        <source>Past work</source>
        <translation>Frühere Arbeit</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Asked by</source>
        <translation>Gefragt von</translation>
    </message>
    <message>
        <source>Answered by</source>
        <translation>Beantwortet von</translation>
    </message>
    <message>
        <source>Held of it</source>
        <translation>Was davon gilt</translation>
    </message>
    <message>
        <source>👍 &amp;Accept</source>
        <translation>👍 &amp;Annehmen</translation>
    </message>
    <message>
        <source>👎 &amp;Reject</source>
        <translation>👎 Ab&amp;lehnen</translation>
    </message>
    <message>
        <source>The student is shown this where it fits; again takes it back</source>
        <translation>Der Schüler bekommt dies gezeigt, wo es passt; noch einmal nimmt es zurück</translation>
    </message>
    <message>
        <source>The student is never shown this again; again takes it back</source>
        <translation>Der Schüler bekommt dies nie gezeigt; noch einmal nimmt es zurück</translation>
    </message>
    <message>
        <source>&amp;Correct…</source>
        <translation>&amp;Korrigieren…</translation>
    </message>
    <message>
        <source>What was asked</source>
        <translation>Was gefragt wurde</translation>
    </message>
    <message>
        <source>What was answered</source>
        <translation>Was geantwortet wurde</translation>
    </message>
    <message>
        <source>Your correction, which is shown in its place</source>
        <translation>Deine Korrektur, die an ihrer Stelle gezeigt wird</translation>
    </message>
    <message>
        <source>Question and answer</source>
        <translation>Frage und Antwort</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Nightschool is starting</source>
        <translation>Nightschool startet</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>The server could not be started.</source>
        <translation>Der Server konnte nicht gestartet werden.</translation>
    </message>
    <message>
        <source>The student is getting ready.</source>
        <translation>Der Schüler macht sich bereit.</translation>
    </message>
    <message>
        <source>The student is thinking.</source>
        <translation>Der Schüler denkt nach.</translation>
    </message>
    <message>
        <source>Waiting for your review: {}</source>
        <translation>Wartet auf deine Prüfung: {}</translation>
    </message>
    <message>
        <source>The student is ready.</source>
        <translation>Der Schüler ist bereit.</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Ask your student something. Rate what it answers, or write what would have been right: accepted and corrected answers are shown to it where they fit, from the next question on.</source>
        <translation>Frag deinen Schüler etwas. Bewerte, was er antwortet, oder schreibe, was richtig gewesen wäre: Angenommene und korrigierte Antworten bekommt er gezeigt, wo sie passen, von der nächsten Frage an.</translation>
    </message>
    <message>
        <source>What can you help me with?</source>
        <translation>Wobei kannst du mir helfen?</translation>
    </message>
    <message>
        <source>Try: {question}</source>
        <translation>Zum Beispiel: {question}</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Welcome to Nightschool</source>
        <translation>Willkommen bei Nightschool</translation>
    </message>
    <message>
        <source>By day you ask a model on this computer, the student, and say of its answers what was good and what was not. What you accepted or corrected helps with the next question.</source>
        <translation>Tagsüber fragst du ein Modell auf diesem Rechner, den Schüler, und sagst zu seinen Antworten, was gut war und was nicht. Was du angenommen oder korrigiert hast, hilft bei der nächsten Frage.</translation>
    </message>
    <message>
        <source>In later versions the student also studies at night, and only what passes an exam is kept. In the morning you read what was learned, and can undo it.</source>
        <translation>In späteren Versionen lernt der Schüler auch nachts, und nur was eine Prüfung besteht, wird behalten. Am Morgen liest du, was gelernt wurde, und kannst es rückgängig machen.</translation>
    </message>
    <message>
        <source>Everything stays on this computer. Nothing is sent anywhere until you add a teacher or ask for a download, and then you see what is sent.</source>
        <translation>Alles bleibt auf diesem Rechner. Nichts wird irgendwohin gesendet, bis du einen Lehrer hinzufügst oder um einen Download bittest, und dann siehst du, was gesendet wird.</translation>
    </message>
    <message>
        <source>Three short questions follow. You can stop at any time and go on later.</source>
        <translation>Drei kurze Fragen folgen. Du kannst jederzeit aufhören und später weitermachen.</translation>
    </message>
</context>
</TS>
