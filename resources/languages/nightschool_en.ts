<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AdvancedPage</name>
    <message numerus="yes">
        <source>%n problems; Enter on one jumps to its line. Nothing is saved before they are mended.</source>
        <translation>
            <numerusform>%n problem; Enter on it jumps to its line. Nothing is saved before it is mended.</numerusform>
            <numerusform>%n problems; Enter on one jumps to its line. Nothing is saved before they are mended.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChatWindow</name>
    <message numerus="yes">
        <source>%n answer(s) went, with their questions, ratings and corrections.</source>
        <translation>
            <numerusform>%n answer went, with its question, ratings and corrections.</numerusform>
            <numerusform>%n answers went, with their questions, ratings and corrections.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversationView</name>
    <message numerus="yes">
        <source>Show %n earlier message(s)</source>
        <translation>
            <numerusform>Show %n earlier message</numerusform>
            <numerusform>Show %n earlier messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message numerus="yes">
        <source>%n answers that you chose</source>
        <translation>
            <numerusform>%n answer that you chose</numerusform>
            <numerusform>%n answers that you chose</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers that go on from it</source>
        <translation>
            <numerusform>%n answer that goes on from it</numerusform>
            <numerusform>%n answers that go on from it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers for which it was shown to the student</source>
        <translation>
            <numerusform>%n answer for which it was shown to the student</numerusform>
            <numerusform>%n answers for which it was shown to the student</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers that hold the same words</source>
        <translation>
            <numerusform>%n answer that holds the same words</numerusform>
            <numerusform>%n answers that hold the same words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rows of evidence</source>
        <translation>
            <numerusform>%n row of evidence</numerusform>
            <numerusform>%n rows of evidence</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n examples in datasets</source>
        <translation>
            <numerusform>%n example in datasets</numerusform>
            <numerusform>%n examples in datasets</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tasks of the benchmark</source>
        <translation>
            <numerusform>%n task of the benchmark</numerusform>
            <numerusform>%n tasks of the benchmark</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rows and files elsewhere</source>
        <translation>
            <numerusform>%n row or file elsewhere</numerusform>
            <numerusform>%n rows and files elsewhere</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers were forgotten.</source>
        <translation>
            <numerusform>%n answer was forgotten.</numerusform>
            <numerusform>%n answers were forgotten.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>… and %n more places.</source>
        <translation>
            <numerusform>… and %n more place.</numerusform>
            <numerusform>… and %n more places.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Deletion</name>
    <message numerus="yes">
        <source>%n answers go, with their ratings, from the database, its backups and what was made of them.</source>
        <translation>
            <numerusform>%n answer goes, with its ratings, from the database, its backups and what was made of it.</numerusform>
            <numerusform>%n answers go, with their ratings, from the database, its backups and what was made of them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Forget %n answers</source>
        <translation>
            <numerusform>Forget %n answer</numerusform>
            <numerusform>Forget %n answers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answers were forgotten.</source>
        <translation>
            <numerusform>%n answer was forgotten.</numerusform>
            <numerusform>%n answers were forgotten.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n were gone already.</source>
        <translation>
            <numerusform>%n was gone already.</numerusform>
            <numerusform>%n were gone already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backups were cleaned.</source>
        <translation>
            <numerusform>%n backup was cleaned.</numerusform>
            <numerusform>%n backups were cleaned.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You cancelled: %n are still there.</source>
        <translation>
            <numerusform>You cancelled: %n is still there.</numerusform>
            <numerusform>You cancelled: %n are still there.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message numerus="yes">
        <source>%n answers were exported to {path} ({size}).</source>
        <translation>
            <numerusform>%n answer was exported to {path} ({size}).</numerusform>
            <numerusform>%n answers were exported to {path} ({size}).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Marks</name>
    <message numerus="yes">
        <source>Grounded in %n earlier answer(s).</source>
        <translation>
            <numerusform>Grounded in %n earlier answer.</numerusform>
            <numerusform>Grounded in %n earlier answers.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Redaction</name>
    <message numerus="yes">
        <source>%n pieces were taken out.</source>
        <translation>
            <numerusform>%n piece was taken out.</numerusform>
            <numerusform>%n pieces were taken out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TeacherTest</name>
    <message numerus="yes">
        <source>Waiting for the teacher&apos;s answer… %n s</source>
        <translation>
            <numerusform>Waiting for the teacher&apos;s answer… %n s</numerusform>
            <numerusform>Waiting for the teacher&apos;s answer… %n s</numerusform>
        </translation>
    </message>
</context>
</TS>
