"""What a template promises about its variables."""

import pytest

from trainer_prompt_manager import Template, TemplateSyntaxError, VariableError


def test_variables_are_listed_once_in_order_of_first_use():
    template = Template("{{ b }} {{a}} {{ b }}")
    assert template.variables == ("b", "a")


def test_every_gap_is_filled():
    template = Template("{{ who }} said {{what}} to {{ who }}")
    assert template.render(who="Ada", what=42) == "Ada said 42 to Ada"


def test_missing_and_unknown_variables_are_reported_together():
    template = Template("{{ context }} {{ question }}", name="qa")
    with pytest.raises(VariableError) as caught:
        template.render(contxt="", zebra="")
    assert caught.value.missing == ("context", "question")
    assert caught.value.unknown == ("contxt", "zebra")
    assert str(caught.value) == (
        "prompt 'qa': missing context, question; unknown contxt (did you mean context?), zebra"
    )


def test_a_value_is_never_expanded_again():
    template = Template("{{ a }} {{ b }}")
    assert template.render(a="{{ b }}", b="secret") == "{{ b }} secret"


def test_single_braces_and_escaped_braces_are_plain_text():
    template = Template('{"key": \\{{ {{ value }}}')
    assert template.variables == ("value",)
    assert template.render(value=1) == '{"key": {{ 1}'


def test_every_faulty_line_of_a_template_is_named():
    with pytest.raises(TemplateSyntaxError) as caught:
        Template("fine {{ a }}\n{{ 1st }}\n{{ open", name="broken")
    assert "line 2: '1st' is no variable name" in str(caught.value)
    assert "line 3: '{{' without its '}}'" in str(caught.value)


@pytest.mark.parametrize("name", ["self", "name", "text", "values"])
def test_any_identifier_can_be_a_variable(name):
    assert Template("{{ " + name + " }}").render(**{name: "x"}) == "x"


def test_a_template_without_variables_renders_to_itself():
    assert Template("plain\n").render() == "plain\n"
