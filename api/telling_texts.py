"""The gate's own reasons in the languages that the gate does not speak; English is its own."""

from __future__ import annotations

GATE: dict[str, dict[str, str]] = {
    "busy": {
        "es": "Otros siguieron escribiendo sobre esta persona mientras se decidía: pregunte otra vez.",
        "pt": "Outros continuaram escrevendo sobre esta pessoa enquanto se decidia: pergunte de novo.",
    },
    "read_only": {
        "es": "El registro falló y no recibe nada más: revíselo y abra de nuevo la puerta.",
        "pt": "O registro falhou e não recebe mais nada: verifique-o e abra a porta de novo.",
    },
    "clock_stepped": {
        "es": "Se cambió el reloj de esta máquina, o va detrás del registro: corríjalo y abra de nuevo la puerta.",
        "pt": "O relógio desta máquina foi mudado, ou está atrás do registro: corrija-o e abra a porta de novo.",
    },
    "fact_conflict": {
        "es": "Lo que se indica y lo que consta de la persona no coinciden: ",
        "pt": "O que se informa e o que consta da pessoa não coincidem: ",
    },
    "erased": {
        "es": "Los datos de la persona se borraron y nada se puede evaluar: sin contacto.",
        "pt": "Os dados da pessoa foram apagados e nada pode ser avaliado: sem contato.",
    },
    "unreadable": {
        "es": "Lo registrado de la persona no se puede leer y nada se puede evaluar: revise el registro.",
        "pt": "O que está registrado da pessoa não pode ser lido e nada pode ser avaliado: verifique o registro.",
    },
    "hold": {
        "es": "Hay una suspensión; levántela antes de contactar: ",
        "pt": "Há uma suspensão; retire-a antes do contato: ",
    },
    "opt_out": {
        "es": "La persona rechazó este canal o esta dirección.",
        "pt": "A pessoa recusou este canal ou este endereço.",
    },
    "do_not_call": {
        "es": "Consta que a esta dirección no se debe llamar.",
        "pt": "Consta que não se deve ligar para este endereço.",
    },
    "history_overflow": {
        "es": "La persona tiene más deudas, direcciones o acreedores de los que se pueden contar con exactitud.",
        "pt": "A pessoa tem mais dívidas, endereços ou credores do que se pode contar com exatidão.",
    },
    "permit_expired": {
        "es": "El permiso venció, o es de antes de que se abriera la puerta: reserve otra vez.",
        "pt": "A permissão venceu, ou é de antes de a porta ser aberta: reserve de novo.",
    },
}
